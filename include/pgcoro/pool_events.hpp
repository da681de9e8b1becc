// SPDX-License-Identifier: BSL-1.0
// What a pool tells its owner while it works.
#pragma once

#include <pgcoro/error.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <source_location>

namespace pgcoro {

class connection;

/// Who borrowed a connection, and how long that took or has lasted.
struct borrower_report {
    /// Where `acquire()` was called. Nothing for a statement on the pool itself.
    std::optional<std::source_location> where;
    std::chrono::milliseconds duration{};
    /// The server process behind the connection, as in pg_stat_activity.
    int backend_pid = 0;
};

/// Functions a pool calls, on its executor. Each may be empty; none may throw, wait, or use the pool.
struct pool_hooks {
    pool_hooks() {}

    /// A connection was made and set up.
    std::function<void(const connection&)> on_connect;
    /// One is about to be lent: to `acquire()` or to a single statement.
    std::function<void(const connection&)> on_acquire;
    /// One came back, and was not cleaned yet.
    std::function<void(const connection&)> on_release;
    /// One is about to be closed, or was found closed.
    std::function<void(const connection&)> on_close;
    /// An attempt failed; the number counts those that failed in a row.
    std::function<void(const error& why, int failures)> on_connect_failed;
    /// Somebody has kept a connection for longer than `pool_options::leak_after`. Once for each time it is lent.
    std::function<void(const borrower_report&)> on_leak;
    /// Somebody got a connection after more than `pool_options::slow_acquire_after`.
    std::function<void(const borrower_report&)> on_slow_acquire;
};

} // namespace pgcoro
