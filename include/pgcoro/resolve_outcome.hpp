// SPDX-License-Identifier: BSL-1.0
// Finds out what happened to a transaction whose COMMIT was not answered.
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

#include <chrono>

namespace pgcoro {

/// How a transaction ended, according to the server.
enum class transaction_outcome {
    /// It took effect.
    committed,
    /// It was undone: by ROLLBACK, by an error, or because the server stopped.
    rolled_back,
    /// It ended so long ago that the server no longer knows.
    forgotten,
};

/// Asks the server (`pg_xact_status`) over a new connection, repeatedly while the transaction is still in progress there: a
/// backend whose client is gone still finishes its COMMIT.
///
///     auto committed = co_await tx.commit();
///     if (!committed && committed.error().outcome_unknown()) {
///         auto outcome = co_await pgcoro::resolve_outcome(config, *tx.id());
///
/// `id` is `transaction::id()` of a transaction begun with `transaction_options::track_outcome`. Ask the server that the
/// transaction ran on, or one that has all of its data: a standby promoted without the last transactions does not know them.
///
/// Errors: those of `connect`; `errc::timed_out` if the transaction is still in progress after `limit`;
/// `sqlstate::invalid_parameter_value` if the server never had such a transaction. Cancellation: any type.
task<transaction_outcome>
resolve_outcome(connect_config config, transaction_id id,
                detail::saturating<std::chrono::steady_clock::duration> limit = std::chrono::seconds(30));
/// The same on an existing connection.
task<transaction_outcome>
resolve_outcome(connection& c, transaction_id id,
                detail::saturating<std::chrono::steady_clock::duration> limit = std::chrono::seconds(30));

} // namespace pgcoro
