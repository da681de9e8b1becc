// SPDX-License-Identifier: BSL-1.0
// A whole transaction as one function, run again when the server could not order it among the others.
//
//     co_return co_await pgcoro::transact(c, [&](pgcoro::transaction& tx) -> pgcoro::task<int> {
//         BOOST_OUTCOME_CO_TRY(co_await tx.execute("update counters set n = n + 1 where id = $1", id));
//         co_return co_await tx.fetch_one<int>("select n from counters where id = $1", id);
//     });
#pragma once

#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/detail/transact_plan.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace pgcoro {
namespace detail {

template <class T>
struct is_task : std::false_type {};
template <class T>
struct is_task<boost::asio::awaitable<result<T>>> : std::true_type {};

/// One attempt. When this ends without a value, the transaction is rolled back before anything else runs on its session.
template <class Db, class Body, class Result>
boost::asio::awaitable<Result> attempt(Db& db, Body& body, const transact_plan& plan) {
    auto begun = co_await db.begin(plan.options().transaction).by(plan.deadline());
    if (!begun) {
        co_return std::move(begun).error();
    }
    transaction tx = std::move(begun).value();
    plan.limit(tx);
    Result outcome = co_await body(tx);
    if (outcome) {
        if (auto committed = co_await tx.commit(); !committed) {
            co_return std::move(committed).error();
        }
    }
    co_return outcome;
}

} // namespace detail

/// Runs `body` in a transaction of `db`, a connection or a pool, and commits when it gives a value. Gives what `body` gave.
///
/// If it gives an error, throws, or is cancelled, everything is rolled back; an error is given on, an exception too. After
/// serialization_failure (40001) and deadlock_detected (40P01), be it of a statement or of COMMIT, `body` runs again from its
/// start, in a new transaction and after a delay: it must not have effects that cannot be undone outside of the transaction.
/// So it does when a prepared statement had gone stale because the schema changed, and, on a pool, when the connection was lost
/// before COMMIT was sent. Never after an outcome that is unknown.
///
/// `body` is a function of `transaction&` that gives a `task<T>`. It must not commit or roll back itself. It is copied or moved
/// in; what it refers to must live until the task is done. (GCC 12: captures by reference, or a named function object.)
///
/// Errors: `body`'s; those of `begin` and `commit`; after the last attempt that of the last attempt; `errc::timed_out`.
/// Cancellation: any type, as of what `body` awaits.
template <class Db, class Body>
    requires detail::is_task<std::invoke_result_t<Body&, transaction&>>::value
std::invoke_result_t<Body&, transaction&> transact(Db& db, Body body, transact_options options = {}) {
    using outcome_type = typename std::invoke_result_t<Body&, transaction&>::value_type;
    namespace asio = boost::asio;
    detail::transact_plan plan(std::move(options));
    for (;;) {
        outcome_type outcome = co_await detail::attempt<Db, Body, outcome_type>(db, body, plan);
        if (outcome) {
            co_return outcome;
        }
        const auto delay = plan.delay_after(outcome.error());
        if (!delay) {
            co_return outcome;
        }
        if constexpr (requires { db.is_open(); }) {
            if (!db.is_open()) {
                co_return outcome; // a pool has other connections, this is the only one
            }
        }
        asio::steady_timer timer(co_await asio::this_coro::executor, detail::from_now(*delay));
        boost::system::error_code cancelled;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        if (cancelled) {
            co_return error(cancelled);
        }
    }
}

} // namespace pgcoro
