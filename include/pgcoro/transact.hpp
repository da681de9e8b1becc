// SPDX-License-Identifier: BSL-1.0
// A whole transaction as one function, which is run again after a serialization failure or a deadlock.
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

/// One attempt. If it ends without a value, the transaction is rolled back before anything else runs on its session.
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

/// Runs `body` in a transaction of `db`, a connection or a pool, and commits if it gives a value. Gives the result of `body`.
///
/// If `body` gives an error, throws, or is cancelled, everything is rolled back, and the error or exception is passed on. After
/// serialization_failure (40001) and deadlock_detected (40P01), from a statement or from COMMIT, `body` runs again from its
/// start, in a new transaction and after a delay: it must not have effects outside the transaction that cannot be undone. It
/// also runs again if a prepared statement was stale because the schema changed or, on a pool, if the connection was lost
/// before COMMIT was sent. It never runs again after an unknown outcome.
///
/// `body` takes a `transaction&` and gives a `task<T>`. It must not commit or roll back itself. It is copied or moved in;
/// objects that it refers to must live until the task is done. (GCC 12: captures by reference, or a named function object.)
///
/// Errors: those of `body`, `begin` and `commit`; after the last attempt, the error of that attempt; `errc::timed_out`.
/// Cancellation: any type that the operations awaited by `body` support.
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
                co_return outcome; // unlike a pool, this has no other connection
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
