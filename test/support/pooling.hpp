// SPDX-License-Identifier: BSL-1.0
// Runs a coroutine of a test with a pool of its own.
#pragma once

#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pool.hpp>

#include <utility>

namespace pgcoro::test {

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
