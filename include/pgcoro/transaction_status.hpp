// SPDX-License-Identifier: BSL-1.0
// Whether a session is inside a transaction.
#pragma once

namespace pgcoro {

/// What the server said with its last ReadyForQuery (libpq's `PQtransactionStatus`).
enum class transaction_status {
    /// No transaction is open.
    idle,
    /// Statements are in flight.
    active,
    in_transaction,
    /// In a transaction that an error has aborted: only ROLLBACK, or COMMIT, which then rolls back, will do.
    in_error,
    /// The session is closed.
    unknown,
};

} // namespace pgcoro
