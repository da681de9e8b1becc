// SPDX-License-Identifier: BSL-1.0
// Whether and when statements are prepared.
#pragma once

namespace pgcoro {

/// How statements reach the server.
enum class prepare_policy {
    /// Static SQL is prepared on first use and its plan reused; run-time SQL is sent unnamed. The default.
    ///
    /// A session that turns out to be shared, as behind PgBouncer in transaction mode, sends everything unnamed, unless the
    /// pooler has announced that it tracks prepared statements (PgBouncer 1.26 and later). To detect this, the driver queries
    /// the server's process id ahead of a session's first statement, without an extra round trip; until the response arrives,
    /// statements are sent unnamed.
    automatic,
    /// Every statement is sent unnamed and parsed anew.
    unnamed,
    /// Like `automatic`, but without that query, and statements are always named: for a pooler that tracks prepared statements
    /// without announcing it (PgBouncer 1.21 to 1.25 with `max_prepared_statements`, Odyssey with
    /// `pool_reserve_prepared_statement`).
    always,
};

} // namespace pgcoro
