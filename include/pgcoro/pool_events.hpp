// SPDX-License-Identifier: BSL-1.0
// The hooks that a pool calls while it works.
#pragma once

#include <pgcoro/error.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <source_location>

namespace pgcoro {

class connection;

/// Where a connection was borrowed, and how long that took or has lasted.
struct borrower_report {
    /// Where `acquire()` was called. Not set for a statement on the pool itself.
    std::optional<std::source_location> where;
    std::chrono::milliseconds duration{};
    /// The process id of the connection's backend, as in pg_stat_activity.
    int backend_pid = 0;
};

/// Functions that a pool calls, on its executor. Each may be empty; none may throw, wait, or use the pool.
struct pool_hooks {
    pool_hooks() {}

    /// A connection was made and set up.
    std::function<void(const connection&)> on_connect;
    /// A connection is about to be lent: to `acquire()` or to a single statement.
    std::function<void(const connection&)> on_acquire;
    /// A connection came back and has not been cleaned yet.
    std::function<void(const connection&)> on_release;
    /// A connection is about to be closed, or was found closed.
    std::function<void(const connection&)> on_close;
    /// An attempt to connect failed; `failures` counts consecutive failures.
    std::function<void(const error& why, int failures)> on_connect_failed;
    /// A connection has been kept for longer than `pool_options::leak_after`. Called once each time it is lent.
    std::function<void(const borrower_report&)> on_leak;
    /// An operation got a connection after more than `pool_options::slow_acquire_after`.
    std::function<void(const borrower_report&)> on_slow_acquire;
};

} // namespace pgcoro
