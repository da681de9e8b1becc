// SPDX-License-Identifier: BSL-1.0
// Runs a coroutine of a test to its end, on a loop of its own. What hangs, fails.
#pragma once

#include <pgcoro/connection.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace pgcoro::test {

namespace asio = boost::asio;
using boost::outcome_v2::success;

/// How long a test's coroutine may take, even under a sanitizer on a busy machine.
constexpr std::chrono::seconds patience(100);

/// The error of a result; none if it has a value.
template <class T>
error error_of(const result<T>& r) {
    return r ? error() : r.error();
}

/// Runs `body`, a function without parameters that gives a `task<>`, until it has ended and left the loop nothing to do. Fails
/// the test if it gives an error, throws, does not end, or leaves work behind.
template <class Body>
void run(asio::io_context& loop, Body&& body, std::chrono::seconds limit = patience) {
    std::optional<result<>> outcome;
    std::exception_ptr thrown;
    asio::co_spawn(loop, std::forward<Body>(body), [&](std::exception_ptr e, result<> r) {
        thrown = e;
        outcome = std::move(r);
    });
    loop.run_for(limit);
    if (!outcome) {
        ADD_FAILURE() << "the coroutine has not ended";
    } else if (!loop.stopped()) {
        ADD_FAILURE() << "the coroutine has ended and something of it goes on";
    } else if (thrown) {
        std::rethrow_exception(thrown);
    } else if (!*outcome) {
        ADD_FAILURE() << "the coroutine gave an error: " << outcome->error();
    }
}

template <class Body>
void run(Body body, std::chrono::seconds limit = patience) {
    asio::io_context loop(1);
    run(loop, body, limit);
}

/// Runs `body`, a function of a `connection&` that gives a `task<>`, with a new connection.
template <class Body>
void with_connection(connect_config config, Body body, std::chrono::seconds limit = patience) {
    const auto connected = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect(std::move(config)));
        auto outcome = co_await body(c);
        co_return outcome;
    };
    run(connected, limit);
}

/// What was started before has been sent after this, as far as the socket takes it: what a handler starts goes out when it
/// returns.
inline asio::awaitable<void> until_sent() { return asio::post(asio::use_awaitable); }

/// Makes `c` see so many statements of one coroutine, each after the other, that it serves the next one outside of pipeline
/// mode.
inline task<> use_alone(connection& c) {
    for (int i = 0; i < 20; ++i) {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select"));
    }
    co_return success();
}

} // namespace pgcoro::test
