// SPDX-License-Identifier: BSL-1.0
// Asks the server, on a session of its own, what really happened; and makes coroutines wait until it has.
#pragma once

#include "support/libpq_session.hpp"
#include "support/run.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <string>

namespace pgcoro::test {

/// Lets the loop turn until the server answers a question with true. Fails the test if it never does.
inline asio::awaitable<void> until(libpq_session& judge, std::string question) {
    const auto deadline = std::chrono::steady_clock::now() + patience / 2;
    std::string answer;
    while ((answer = judge.value(question)) != "t") {
        if (std::chrono::steady_clock::now() > deadline) {
            ADD_FAILURE() << "never true: " << question << ", but " << answer;
            break;
        }
        co_await asio::post(asio::use_awaitable);
    }
}

/// Lets the loop turn until `condition` is true. Fails the test if it never is.
template <class Condition>
asio::awaitable<void> until_true(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience / 2;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            ADD_FAILURE() << "never true";
            break;
        }
        co_await asio::post(asio::use_awaitable);
    }
}

/// Until the session of `c` waits for a lock that another one holds.
inline asio::awaitable<void> until_blocked(libpq_session& judge, const connection& c) {
    return until(judge, "select wait_event_type = 'Lock' from pg_stat_activity where pid = " + std::to_string(c.backend_pid()));
}

/// Ends the session of `c` with FATAL 57P01, and waits until its process is gone.
inline void terminate(libpq_session& judge, const connection& c) {
    const auto pid = std::to_string(c.backend_pid());
    EXPECT_EQ(judge.value("select pg_terminate_backend(" + pid + ", 20000)"), "t");
}

} // namespace pgcoro::test
