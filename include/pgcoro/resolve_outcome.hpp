// SPDX-License-Identifier: BSL-1.0
// What became of a transaction whose COMMIT was not answered.
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

#include <chrono>

namespace pgcoro {

/// How a transaction ended, as the server remembers it.
enum class transaction_outcome {
    /// All of it is there.
    committed,
    /// By ROLLBACK, by an error, or because the server ended.
    rolled_back,
    /// So long ago that the server has forgotten.
    forgotten,
};

/// Asks the server (`pg_xact_status`) over a new connection, again and again while the transaction is still in progress there:
/// a backend whose client is gone finishes its COMMIT all the same.
///
///     auto committed = co_await tx.commit();
///     if (!committed && committed.error().outcome_unknown()) {
///         auto outcome = co_await pgcoro::resolve_outcome(config, *tx.id());
///
/// `id` is `transaction::id()` of a transaction begun with `transaction_options::track_outcome`. Ask the server that the
/// transaction ran on, or one that has all it had: a standby promoted without the last transactions knows nothing of them.
///
/// Errors: those of `connect`; `errc::timed_out` if it is still in progress after `limit`; `sqlstate::invalid_parameter_value`
/// if the server has never had such a transaction. Cancellation: any type.
task<transaction_outcome>
resolve_outcome(connect_config config, transaction_id id,
                detail::saturating<std::chrono::steady_clock::duration> limit = std::chrono::seconds(30));
/// The same on a connection that is there.
task<transaction_outcome>
resolve_outcome(connection& c, transaction_id id,
                detail::saturating<std::chrono::steady_clock::duration> limit = std::chrono::seconds(30));

} // namespace pgcoro
