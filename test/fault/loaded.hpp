// SPDX-License-Identifier: BSL-1.0
// A server with the table `kept`, and a pool and a multiplexer for it.
#pragma once

#include "load.hpp"
#include "support/libpq_session.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <cstddef>
#include <functional>

namespace pgcoro::test {

/// How the judge tells these sessions from its own.
inline connect_config as_load(const testing::ephemeral_server& server) {
    connect_config config(server.dsn());
    config.application_name("load");
    return config;
}

/// What the pool and the multiplexer have.
inline constexpr std::size_t connections = 4;
inline constexpr std::size_t lanes = 2;

/// Runs `body` with a pool, or a multiplexer, that tries again soon.
void with_loaded_pool(const testing::ephemeral_server& server, const std::function<task<>(pool&)>& body);
void with_loaded_multiplexer(const testing::ephemeral_server& server, const std::function<task<>(multiplexer&)>& body);

} // namespace pgcoro::test
