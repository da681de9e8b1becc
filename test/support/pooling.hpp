// SPDX-License-Identifier: BSL-1.0
// Runs a coroutine of a test with a pool of its own.
#pragma once

#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pool.hpp>

#include <string>
#include <utility>

namespace pgcoro::test {

/// Connections to the shared server whose application_name tells them from those of other tests.
inline connect_config named(const std::string& name) {
    connect_config config(shared_server().dsn());
    config.application_name(name);
    return config;
}

/// The question how many of them there are.
inline std::string count_of(const std::string& name) {
    return "select count(*) from pg_stat_activity where application_name = '" + name + "'";
}

/// Runs `body`, a function of a `pool&` that gives a `task<>`, with a pool on the test's loop.
template <class Body>
void with_pool(connect_config config, const pool_options& options, Body body) {
    const auto lent = [&]() -> task<> {
        pool db(co_await asio::this_coro::executor, std::move(config), options);
        auto outcome = co_await body(db);
        co_return outcome;
    };
    run(lent);
}

/// To the shared server.
template <class Body>
void with_pool(const pool_options& options, Body body) {
    with_pool(shared_server().dsn(), options, std::move(body));
}

} // namespace pgcoro::test
