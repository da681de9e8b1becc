// SPDX-License-Identifier: BSL-1.0
// Statements that are given up while they run, and a judge who knows what the server does.
#pragma once

#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace pgcoro::test {

using namespace std::chrono_literals;

/// Holds advisory lock 7, for which the statements of these tests wait.
class cancelling : public ::testing::Test {
protected:
    cancelling() {
        judge_.value("drop table if exists cancelled; create table cancelled (id int)");
        judge_.value("select pg_advisory_lock(7)");
    }

    static connect_config config(std::chrono::milliseconds cancel_timeout = 1h) {
        connect_config c(shared_server().dsn());
        c.cancel_timeout(cancel_timeout);
        return c;
    }

    std::string rows() { return judge_.value("select count(*) from cancelled"); }
    void unlock() { judge_.value("select pg_advisory_unlock(7)"); }

    /// Starts an operation, waits until the server is at it, and emits its cancellation signal.
    template <class T>
    asio::awaitable<result<T>> cancelled(connection& c, operation<T> op,
                                         asio::cancellation_type type = asio::cancellation_type::terminal) {
        asio::cancellation_signal signal;
        std::optional<result<T>> outcome;
        std::move(op)(asio::bind_cancellation_slot(signal.slot(), [&](result<T> r) { outcome = std::move(r); }));
        co_await until_blocked(judge_, c);
        signal.emit(type);
        while (!outcome) {
            co_await asio::post(asio::use_awaitable);
        }
        co_return std::move(*outcome);
    }

    libpq_session judge_{shared_server().dsn()};
};

inline constexpr char wait_for_lock[] = "insert into cancelled select 1 from (select pg_advisory_xact_lock(7)) b";

} // namespace pgcoro::test
