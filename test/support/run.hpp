// SPDX-License-Identifier: BSL-1.0
// Runs a coroutine of a test to its end, on a loop of its own. What hangs, fails.
#pragma once

#include <pgcoro/connection.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>

namespace pgcoro::test {

namespace asio = boost::asio;
using boost::outcome_v2::success;

/// How long a test's coroutine may take, even under a sanitizer on a busy machine.
constexpr std::chrono::seconds patience(600);

/// The error of a result; none if it has a value.
template <class T>
error error_of(const result<T>& r) {
    return r ? error() : r.error();
}

// What runs a test's coroutine is compiled once: for each test anew, it would take longer than the test itself.

/// Runs `body` until it has ended and left the loop nothing to do. Fails the test if it gives an error, throws, does not end,
/// or leaves work behind.
void run(asio::io_context& loop, const std::function<task<>()>& body, std::chrono::seconds limit = patience);
void run(const std::function<task<>()>& body, std::chrono::seconds limit = patience);

/// Runs `body` with a new connection.
void with_connection(connect_config config, const std::function<task<>(connection&)>& body,
                     std::chrono::seconds limit = patience);

/// What was started before has been sent after this, as far as the socket takes it: what a handler starts goes out when it
/// returns.
inline asio::awaitable<void> until_sent() { return asio::post(asio::use_awaitable); }

/// Makes `c` see so many statements of one coroutine, each after the other, that it serves the next one outside of pipeline
/// mode.
task<> use_alone(connection& c);

} // namespace pgcoro::test
