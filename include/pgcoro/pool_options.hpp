// SPDX-License-Identifier: BSL-1.0
// The options of a pool: its size, the lifetime and checks of its connections, and its hooks.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/pool_events.hpp>
#include <pgcoro/result.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pgcoro {

class connection;
class observer;

/// How a connection that comes back is cleaned before it is lent again. An open transaction is rolled back in any case.
enum class reset_policy {
    /// If a statement may have changed the session (SET, LISTEN, temporary tables, cursors, advisory locks, ...), the
    /// change is undone; prepared statements stay. Decided by the statement's text: what a function changes goes
    /// unnoticed.
    automatic,
    /// DISCARD ALL after each use: costs a round trip, and statements are prepared again.
    discard_all,
    /// Nothing else: for PgBouncer in transaction mode, where the client has no session of its own to clean.
    none,
};

/// The settings of a pool. The defaults suit a server with a handful of busy connections. docs/pool.md explains each setting
/// and maps those of other pools to them. The comments say what a duration of zero means.
struct pool_options {
    pool_options() {}

    using milliseconds = std::chrono::milliseconds;

    // Size.

    /// The number of connections kept even if unused. They are made one after another, from the first use on.
    std::size_t min_size = 0;
    /// The maximum number of connections. At least 1.
    std::size_t max_size = 10;
    /// The maximum number of idle connections that are kept; more are closed when they come back. Not set: all are kept. 0:
    /// each connection is closed after use. At least `min_size`.
    std::optional<std::size_t> max_idle;
    /// The maximum number of operations that wait for a connection; more fail at once with `errc::pool_exhausted`.
    std::size_t max_waiting = 100'000;
    /// How long an operation may wait for a connection, in addition to its own deadline. Zero: forever.
    milliseconds acquire_timeout = std::chrono::seconds(30);
    /// The deadline of a statement on the pool itself that has none, including the wait for a connection. Zero: only
    /// `acquire_timeout` and then the connection's limit (`connect_config::command_timeout`).
    milliseconds command_timeout{0};

    // Lifetime.

    /// A connection older than this is closed when it is idle or comes back. Zero: never.
    milliseconds max_lifetime = std::chrono::minutes(30);
    /// The fraction of `max_lifetime` that jitter may take from each connection, so that not all are replaced at the same time.
    double lifetime_jitter = 0.025;
    /// A connection idle for this long is closed, unless there are no more than `min_size`. Zero: never.
    milliseconds idle_timeout = std::chrono::minutes(10);
    /// A connection that was lent this many times is closed when it comes back. 0: no limit.
    std::size_t max_uses = 0;

    // Checks.

    /// A connection that came back less than this ago is lent without a check. For others, the pool checks without a round trip
    /// whether the server has closed them.
    milliseconds trust_for = milliseconds(500);
    /// A connection idle for longer than this makes a round trip to the server before it is lent. Zero, with a `trust_for` of
    /// zero: each time.
    milliseconds validate_after = std::chrono::seconds(30);
    /// The limit of that round trip.
    milliseconds validate_timeout = std::chrono::seconds(5);

    // Return of a connection, and failed attempts to connect.

    reset_policy reset = reset_policy::automatic;
    /// Runs instead of the policy's cleaning, after an open transaction is rolled back. On an error the connection is closed.
    std::function<task<>(connection&)> reset_hook;
    /// The limit of all of it, including an abandoned statement that still runs; then the connection is closed.
    milliseconds reset_timeout = std::chrono::seconds(5);
    /// The delays after failed attempts to connect. The pool makes one attempt at a time, as long as an operation needs a
    /// connection; `attempts` and `budget` are ignored.
    backoff_options retry;

    // Threads and poolers.

    /// Makes the pool usable from any thread, whatever its executor: the pool runs on its own strand. Not needed if one thread
    /// runs the executor, or if that is a strand.
    bool thread_safe = false;

    /// A pooler in transaction mode (PgBouncer) is in between: statements are not prepared unless it announces that it tracks
    /// them (PgBouncer 1.26 and later), nothing is cleaned, and a statement that changes the session for longer than its
    /// transaction fails with `errc::not_multiplexable`, as far as its text shows.
    bool behind_pooler = false;

    // Observers and hooks.

    /// What observers are to call the pool: in metrics, its label.
    std::string name;
    /// Told what the pool and its connections do, after those of its `connect_config` (<pgcoro/observer.hpp>). At most 8 in
    /// all: with more, no connection can be made (`errc::invalid_configuration`).
    std::vector<std::shared_ptr<observer>> observers;

    /// Sets up a new connection before it is lent, within `setup_timeout`. On an error the connection is closed, which counts
    /// as a failed attempt to connect. Called again after the `reset` policy has cleaned the session, because that also undoes
    /// settings made here.
    std::function<task<>(connection&)> on_connect;
    milliseconds setup_timeout = std::chrono::seconds(10);
    /// Run on the pool's executor. None of them may throw or use the pool.
    pool_hooks hooks;
    /// A connection kept for longer is reported to `hooks.on_leak`. Zero: never.
    milliseconds leak_after{0};
    /// An operation that waits longer for a connection is reported to `hooks.on_slow_acquire`. Zero: never.
    milliseconds slow_acquire_after{0};
};

} // namespace pgcoro
