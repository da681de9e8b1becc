// SPDX-License-Identifier: BSL-1.0
// Runs a coroutine of a test with a pool of its own.
#pragma once

#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pool.hpp>

#include <functional>
#include <string>

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

/// Runs `body` with a pool on the test's loop.
void with_pool(connect_config config, const pool_options& options, const std::function<task<>(pool&)>& body);
/// To the shared server.
void with_pool(const pool_options& options, const std::function<task<>(pool&)>& body);

} // namespace pgcoro::test
