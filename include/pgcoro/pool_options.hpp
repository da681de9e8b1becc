// SPDX-License-Identifier: BSL-1.0
// How large a pool is, how long its connections live, when they are looked at, and who is told of it.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/pool_events.hpp>
#include <pgcoro/result.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

namespace pgcoro {

class connection;

/// What is done to a connection that comes back, before it is lent again. An open transaction is rolled back in any case.
enum class reset_policy {
    /// If a statement may have changed the session (SET, LISTEN, temporary tables, cursors, advisory locks, ...), that is
    /// undone;
    /// prepared statements stay. Told by the statement's text: what a function of yours changes is not seen.
    automatic,
    /// DISCARD ALL after each use: a round trip, and statements are prepared anew.
    discard_all,
    /// Nothing else: for PgBouncer in transaction mode, behind which there is no session to undo anything of.
    none,
};

/// The settings of a pool. The defaults suit a server with a handful of busy connections; docs/pool.md explains each, and maps
/// those of other pools to them. Durations of zero mean what the comment says.
struct pool_options {
    pool_options() {}

    using milliseconds = std::chrono::milliseconds;

    // How many.

    /// So many connections are kept even if nobody needs them. They are made one after the other, from the first use on.
    std::size_t min_size = 0;
    /// There are never more. At least 1.
    std::size_t max_size = 10;
    /// Of those nobody uses, so many are kept; more are closed when they come back. Nothing: all. 0: each connection is closed
    /// after use. At least `min_size`.
    std::optional<std::size_t> max_idle;
    /// So many operations may wait for a connection; more fail at once with `errc::pool_exhausted`.
    std::size_t max_waiting = 100'000;
    /// How long one may wait for a connection, besides its own deadline. Zero: for ever.
    milliseconds acquire_timeout = std::chrono::seconds(30);
    /// For a statement on the pool itself that has no deadline of its own: for all of it, the wait for a connection included.
    /// Zero: none but `acquire_timeout` and then the connection's (`connect_config::command_timeout`).
    milliseconds command_timeout{0};

    // How long.

    /// A connection older than this is closed when nobody uses it, or when it comes back. Zero: never.
    milliseconds max_lifetime = std::chrono::minutes(30);
    /// The share of `max_lifetime` that chance takes away from each connection, lest all be made anew at the same time.
    double lifetime_jitter = 0.025;
    /// One that nobody has used for so long is closed, unless there are no more than `min_size`. Zero: never.
    milliseconds idle_timeout = std::chrono::minutes(10);
    /// One that was lent so often is closed when it comes back. 0: any number.
    std::size_t max_uses = 0;

    // Whether it still works.

    /// One that came back less than this ago is lent as it is. Others are asked, without a round trip, whether the server has
    /// closed them.
    milliseconds trust_for = milliseconds(500);
    /// One that nobody has used for longer makes a round trip to the server before it is lent. Zero, with a `trust_for` of
    /// zero: each time.
    milliseconds validate_after = std::chrono::seconds(30);
    /// The round trip may take so long.
    milliseconds validate_timeout = std::chrono::seconds(5);

    // What happens when it comes back, and when it cannot be made.

    reset_policy reset = reset_policy::automatic;
    /// Instead of the policy's own cleaning, when the open transaction is rolled back. On an error the connection is closed.
    std::function<task<>(connection&)> reset_hook;
    /// All of it may take so long, a statement that was given up and still runs included; then the connection is closed.
    milliseconds reset_timeout = std::chrono::seconds(5);
    /// The delays after failed attempts to connect. One attempt is made at a time, as long as somebody needs a connection;
    /// `attempts` and `budget` end nothing.
    backoff_options retry;

    // Where.

    /// The pool may be used from any thread, whatever its executor: everything of it runs on a strand of its own. Not needed if
    /// one thread runs the executor, or if it is a strand.
    bool thread_safe = false;

    /// A pooler in transaction mode (PgBouncer) is between: statements are not prepared unless it announces that it keeps track
    /// of them (PgBouncer 1.26 and later), nothing is cleaned, and what would change a session for longer than a transaction is
    /// refused with `errc::not_multiplexable`, as far as its text tells.
    bool behind_pooler = false;

    // Who is told.

    /// Sets up a new connection before it is lent, within `setup_timeout`. On an error it is closed, and that counts as a
    /// failed attempt to connect. Called again when the policy `reset` has cleaned the session, which undoes settings made here
    /// too.
    std::function<task<>(connection&)> on_connect;
    milliseconds setup_timeout = std::chrono::seconds(10);
    /// Called on the pool's executor. None of them may throw or use the pool.
    pool_hooks hooks;
    /// Whoever keeps a connection for longer is reported to `hooks.on_leak`. Zero: nobody.
    milliseconds leak_after{0};
    /// Whoever waits longer for a connection is reported to `hooks.on_slow_acquire`. Zero: nobody.
    milliseconds slow_acquire_after{0};
};

} // namespace pgcoro
