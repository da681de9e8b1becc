// SPDX-License-Identifier: BSL-1.0
// A listener of the soak test, and the numbered notifications it listens to.
#pragma once

#include "soak/ledger.hpp"
#include "soak/operations.hpp"
#include "support/heard_numbers.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/errc.hpp>
#include <pgcoro/listener.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <utility>

namespace pgcoro::test {

inline void create_numbers(testing::ephemeral_server& server) {
    server.run_sql("create table numbers (n bigint primary key)").value();
    server.run_sql("create table last_number (n bigint)").value();
    server.run_sql("insert into last_number values (0)").value();
}

/// Inserts a row, notifies the listener, and returns the number. The lock on the last number lasts until the transaction has
/// ended, so numbers are given in the order of the commits, and none is left out.
template <class Db>
operation<std::int64_t> send_number(Db& db, ledger::id row) {
    return db.template fetch_one<std::int64_t>("with inserted as (insert into kept values ($1)), "
                                               "next as (update last_number set n = n + 1 returning n), "
                                               "sent as (insert into numbers select n from next returning n) "
                                               "select n from sent, pg_notify('numbers', n::text)",
                                               row);
}

/// Reads until it is closed. Reads are cancelled and end at deadlines like all other operations.
class numbers_listener {
public:
    numbers_listener(asio::any_io_executor executor, connect_config where)
        : where_(where), listener_(executor, std::move(where), options()) {}

    const heard_numbers& heard() const noexcept { return heard_; }
    int failures() const noexcept { return failures_; }

    asio::awaitable<void> read(operations& ops) {
        static_cast<void>(co_await ops.run(listener_.listen("numbers"))); // it listens even if this wait was cancelled
        for (;;) {
            const auto event = co_await ops.run(listener_.next());
            if (event) {
                heard_.add(event.value());
            } else if (event.error() == errc::connection_closed) {
                break;
            } else if (event.error() != errc::timed_out && event.error() != asio::error::operation_aborted) {
                std::cerr << "a listener: " << event.error() << '\n';
                ++failures_;
            }
            co_await asio::post(asio::use_awaitable);
        }
    }

    /// Called when all others have stopped. Sends numbers until one is received, then closes. If one is missing, a gap is
    /// received in its place.
    asio::awaitable<void> finish(ledger& rows) {
        std::int64_t sent = 0;
        while (sent == 0 || heard_.last() < sent) {
            const auto gaps = heard_.gaps();
            const std::array row = {rows.next()};
            auto number = co_await send_one(row[0]);
            rows.note(row, number ? error() : number.error());
            sent = number ? number.value() : 0;
            while (sent != 0 && heard_.last() < sent && heard_.gaps() == gaps) {
                co_await asio::post(asio::use_awaitable);
            }
        }
        listener_.close();
    }

private:
    task<std::int64_t> send_one(ledger::id row) {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect(where_));
        co_return co_await send_number(c, row);
    }
    static listener_options options() {
        listener_options quick;
        quick.backoff.maximum = std::chrono::milliseconds(200);
        quick.ping_interval = std::chrono::milliseconds(100);
        return quick;
    }

    connect_config where_;
    listener listener_;
    heard_numbers heard_;
    int failures_ = 0;
};

} // namespace pgcoro::test
