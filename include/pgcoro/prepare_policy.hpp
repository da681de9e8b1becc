// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace pgcoro {

/// How statements reach the server.
enum class prepare_policy {
    /// Static SQL is prepared on first use and its plan reused; run-time SQL is sent unnamed. The default.
    ///
    /// A session that turns out to be shared, as behind PgBouncer in transaction mode, sends everything unnamed, unless the
    /// pooler has announced that it keeps track of prepared statements (PgBouncer 1.26 and later). To find out, the first
    /// statement of a session is preceded by a question for the server's process id, without a round trip of its own; until it
    /// is answered, statements are sent unnamed.
    automatic,
    /// Every statement is parsed anew, unnamed.
    unnamed,
    /// As `automatic`, but nothing is asked and names are used in any case: for a pooler that keeps track of prepared
    /// statements without announcing it (PgBouncer 1.21 to 1.25 with `max_prepared_statements`, Odyssey with
    /// `pool_reserve_prepared_statement`).
    always,
};

} // namespace pgcoro
