// SPDX-License-Identifier: BSL-1.0
#include "support/judge.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace pgcoro::test {

asio::awaitable<void> until(libpq_session& judge, std::string question) {
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

asio::awaitable<void> until_true(std::function<bool()> condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience / 2;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            ADD_FAILURE() << "never true";
            break;
        }
        co_await asio::post(asio::use_awaitable);
    }
}

asio::awaitable<void> until_blocked(libpq_session& judge, const connection& c) {
    return until(judge, "select wait_event_type = 'Lock' from pg_stat_activity where pid = " + std::to_string(c.backend_pid()));
}

void terminate(libpq_session& judge, const connection& c) {
    const auto pid = std::to_string(c.backend_pid());
    EXPECT_EQ(judge.value("select pg_terminate_backend(" + pid + ", 20000)"), "t");
}

} // namespace pgcoro::test
