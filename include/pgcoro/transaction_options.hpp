// SPDX-License-Identifier: BSL-1.0
// How a transaction is begun.
#pragma once

namespace pgcoro {

/// PostgreSQL manual, "Transaction Isolation". `server_default` is `default_transaction_isolation`, as a rule read committed.
enum class isolation_level { server_default, read_uncommitted, read_committed, repeatable_read, serializable };

/// `server_default` is `default_transaction_read_only`.
enum class access_mode { server_default, read_write, read_only };

/// What BEGIN says. A savepoint has none of these: it is part of its transaction.
struct transaction_options {
    transaction_options() noexcept {}

    isolation_level isolation = isolation_level::server_default;
    access_mode access = access_mode::server_default;
    /// Of a serializable read-only transaction: it may wait at its start, and cannot fail for its isolation afterwards.
    bool deferrable = false;
    /// Asks the server for the transaction's id, together with BEGIN, so that a commit of unknown outcome can be looked into
    /// later: `transaction::id()` and `resolve_outcome`. Costs an id even if nothing is written. Not for standbys.
    bool track_outcome = false;
};

} // namespace pgcoro
