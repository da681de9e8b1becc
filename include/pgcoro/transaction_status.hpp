// SPDX-License-Identifier: BSL-1.0
// Whether a session is inside a transaction.
#pragma once

namespace pgcoro {

/// What the server reported in its last ReadyForQuery (libpq's `PQtransactionStatus`).
enum class transaction_status {
    /// No transaction is open.
    idle,
    /// Statements are in flight.
    active,
    in_transaction,
    /// In a transaction that an error has aborted: the server accepts only ROLLBACK, or COMMIT, which then rolls back.
    in_error,
    /// The session is closed.
    unknown,
};

} // namespace pgcoro
