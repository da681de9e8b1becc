// SPDX-License-Identifier: BSL-1.0
// A multiplexer on a loop of its own, and somebody who looks at its lanes from outside.
#pragma once

#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro::test {

inline multiplexer_options lanes(std::size_t count) {
    multiplexer_options options;
    options.lanes = count;
    options.backoff.initial = std::chrono::milliseconds(1);
    options.backoff.maximum = std::chrono::milliseconds(20);
    return options;
}

/// Where no server listens.
connect_config nobody();

void with_multiplexer(connect_config config, const multiplexer_options& options,
                      const std::function<task<>(multiplexer&)>& body);

/// An operation that can be cancelled. For one thread; outlives the operation.
class cancellable {
public:
    explicit cancellable(operation<command_tag> op) {
        std::move(op)(asio::bind_cancellation_slot(signal_.slot(), [this](result<command_tag> r) { outcome = r; }));
    }
    void cancel() { signal_.emit(asio::cancellation_type::terminal); }

    std::optional<result<command_tag>> outcome;

private:
    asio::cancellation_signal signal_;
};

class multiplexer_test : public ::testing::Test {
protected:
    multiplexer_test() {
        // The server may not have noticed yet that those of the test before are closed.
        judge_.value("select pg_terminate_backend(pid, 20000) from pg_stat_activity where application_name = 'lane'");
        judge_.value("drop table if exists ledger; create table ledger (id int)");
    }

    /// How to reach the shared server so that the judge can tell its lanes.
    static connect_config config() {
        connect_config c(shared_server().dsn());
        c.application_name("lane");
        return c;
    }

    std::string lanes_seen() { return judge_.value("select count(*) from pg_stat_activity where application_name = 'lane'"); }
    std::string rows() { return judge_.value("select coalesce(string_agg(id::text, ' ' order by id), '') from ledger"); }

    /// As long as the judge holds advisory lock 1, `wait_for_lock` does not end.
    void lock() { judge_.value("select pg_advisory_lock(1)"); }
    void unlock() { judge_.value("select pg_advisory_unlock_all()"); }

    /// Until so many lanes wait for a lock.
    auto until_blocked(int count) {
        return until(judge_, "select count(*) = " + std::to_string(count) +
                                 " from pg_stat_activity where application_name = 'lane' and wait_event_type = 'Lock'");
    }

    /// Ends the sessions of all lanes with FATAL 57P01, and waits until they are gone.
    void terminate_lanes() {
        EXPECT_EQ(judge_.value("select bool_and(pg_terminate_backend(pid, 20000)) from pg_stat_activity where "
                               "application_name = 'lane'"),
                  "t");
    }

    libpq_session judge_{shared_server().dsn()};
};

} // namespace pgcoro::test
