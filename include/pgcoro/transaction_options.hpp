// SPDX-License-Identifier: BSL-1.0
// The options of a transaction.
#pragma once

namespace pgcoro {

/// PostgreSQL manual, "Transaction Isolation". `server_default` is `default_transaction_isolation`, usually read committed.
enum class isolation_level { server_default, read_uncommitted, read_committed, repeatable_read, serializable };

/// `server_default` is `default_transaction_read_only`.
enum class access_mode { server_default, read_write, read_only };

/// The options of BEGIN. A savepoint has none of them: it is part of its transaction.
struct transaction_options {
    transaction_options() noexcept {}

    isolation_level isolation = isolation_level::server_default;
    access_mode access = access_mode::server_default;
    /// For a serializable read-only transaction: it may wait at its start, and cannot fail because of its isolation afterwards.
    bool deferrable = false;
    /// Asks the server for the transaction's id, together with BEGIN, so that an unknown outcome of COMMIT can be resolved
    /// later: `transaction::id()` and `resolve_outcome`. Uses up an id even if nothing is written. Not for standbys.
    bool track_outcome = false;
};

} // namespace pgcoro
