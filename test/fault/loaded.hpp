// SPDX-License-Identifier: BSL-1.0
// A server with the table `kept`, and a pool and a multiplexer for it.
#pragma once

#include "load.hpp"
#include "support/libpq_session.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <utility>

namespace pgcoro::test {

/// How the judge tells these sessions from its own.
inline connect_config as_load(const testing::ephemeral_server& server) {
    connect_config config(server.dsn());
    config.application_name("load");
    return config;
}

/// Runs `body`, a function of a `pool&` that gives a `task<>`.
template <class Body>
void with_loaded_pool(const testing::ephemeral_server& server, Body body) {
    const auto made = [&]() -> task<> {
        pool_options options;
        options.max_size = 4;
        options.retry.initial = std::chrono::milliseconds(5);
        options.retry.maximum = std::chrono::milliseconds(50);
        pool db(co_await asio::this_coro::executor, as_load(server), options);
        auto outcome = co_await body(db);
        BOOST_OUTCOME_CO_TRY(auto counted, co_await db.statistics());
        EXPECT_EQ(counted.requests_waiting, 0u);
        co_return outcome;
    };
    run(made, std::chrono::seconds(600));
}

/// Runs `body`, a function of a `multiplexer&` that gives a `task<>`.
template <class Body>
void with_loaded_multiplexer(const testing::ephemeral_server& server, Body body) {
    const auto made = [&]() -> task<> {
        multiplexer_options options;
        options.lanes = 2;
        options.backoff.initial = std::chrono::milliseconds(5);
        options.backoff.maximum = std::chrono::milliseconds(50);
        multiplexer db(co_await asio::this_coro::executor, as_load(server), options);
        auto outcome = co_await body(db);
        EXPECT_EQ(db.stats().waiting, 0u);
        EXPECT_EQ(db.stats().in_flight, 0u);
        co_return outcome;
    };
    run(made, std::chrono::seconds(600));
}

} // namespace pgcoro::test
