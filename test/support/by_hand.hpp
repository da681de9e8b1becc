// SPDX-License-Identifier: BSL-1.0
// Turning the loop by hand, for tests that look at what happens between its turns, or see to it that nothing does.
#pragma once

#include "support/libpq_session.hpp"
#include "support/run.hpp"
#include "support/started.hpp"

#include <pgcoro/connection.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace pgcoro::test {

/// Turns the loop until `condition` is true. Fails the test if it never is.
template <class Condition>
void turn_until(asio::io_context& loop, Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        loop.restart(); // it may have run out of work
        if (loop.run_one_until(deadline) == 0) {
            ADD_FAILURE() << "what the loop was turned for has not happened";
            return;
        }
    }
}

/// Turns the loop until it is quiet, and gives how often: once for each handler and each wake-up of the reactor. Gives up at
/// `enough`.
inline std::size_t turn_until_quiet(asio::io_context& loop, std::size_t enough = 1'000'000) {
    std::size_t turns = 0;
    const auto work = asio::make_work_guard(loop); // an idle connection is none
    loop.restart();
    while (turns < enough && loop.poll_one() != 0) {
        ++turns;
    }
    return turns;
}

/// A new connection. Throws `pgcoro::exception` if there is none.
inline connection connect_by_hand(asio::io_context& loop, connect_config config) {
    std::optional<result<connection>> made;
    pgcoro::connect(loop.get_executor(), std::move(config))([&](result<connection> r) { made = std::move(r); });
    turn_until(loop, [&] { return made.has_value(); });
    return std::move(made.value()).value();
}

/// The outcome of an operation, once it is complete.
template <class T>
const result<T>& outcome_by_hand(asio::io_context& loop, const started<T>& s) {
    turn_until(loop, [&] { return s.is_complete(); });
    return s.outcome();
}

/// Waits until `condition` is true of the session of `c` in pg_stat_activity; meanwhile the loop does not turn.
inline void stand_still_until(libpq_session& judge, const connection& c, const std::string& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto question = "select " + condition + " from pg_stat_activity where pid = " + std::to_string(c.backend_pid());
    while (judge.value(question) != "t") {
        if (std::chrono::steady_clock::now() > deadline) {
            ADD_FAILURE() << "never: " << condition;
            return;
        }
    }
}

/// The same, until it waits for a lock that another one holds.
inline void stand_still_until_blocked(libpq_session& judge, const connection& c) {
    stand_still_until(judge, c, "wait_event_type = 'Lock'");
}

} // namespace pgcoro::test
