// SPDX-License-Identifier: BSL-1.0
// A transaction: what is not committed is undone.
//
//     BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
//     BOOST_OUTCOME_CO_TRY(co_await tx.execute("update accounts set balance = balance - $1 where id = $2", amount, from));
//     BOOST_OUTCOME_CO_TRY(co_await tx.execute("update accounts set balance = balance + $1 where id = $2", amount, to));
//     BOOST_OUTCOME_CO_TRY(co_await tx.commit());
#pragma once

#include <pgcoro/detail/end_call.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/queries.hpp>
#include <pgcoro/transaction_options.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace pgcoro {
namespace detail {
struct transaction_access;
}

/// What the server calls a transaction (`pg_current_xact_id`), unique for ever in one cluster.
enum class transaction_id : std::uint64_t {};

/// A transaction on one connection, or a savepoint inside of one.
///
/// Dropped without `commit()`, it is rolled back before anything else runs on its session, whatever it was doing; the
/// destructor itself sends nothing. BEGIN travels with the first statement, so `begin` costs no round trip, and a transaction
/// without statements costs none at all. Statements may be started while others are in flight, as on a connection.
///
/// While it is open the connection (or the transaction it is nested in) refuses statements with `errc::transaction_open`. When
/// it is over, or its connection is, it refuses them with `errc::transaction_over` or with what ended it.
///
/// One that a pool began has a connection for itself, and gives it back when the handle is dropped.
///
/// Thread safety: as the connection's.
class [[nodiscard]] transaction : public queries<transaction> {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Over.
    transaction() noexcept = default;
    transaction(transaction&& other) noexcept = default;
    transaction& operator=(transaction&& other) noexcept;
    ~transaction();

    /// Makes everything last. A savepoint becomes part of what it is nested in.
    ///
    /// Errors: `errc::transaction_rolled_back` if an earlier error had aborted the transaction, so that the server answered
    /// ROLLBACK; whatever a deferred constraint or the isolation level has against it: nothing was done then. If the session is
    /// lost or the time is up meanwhile, `error::outcome_unknown()` tells whether it may have been done all the same. In an
    /// aborted savepoint `sqlstate::in_failed_sql_transaction`; it can still be rolled back. Cancellation: before it was sent,
    /// the transaction stays open. Afterwards the outcome is unknown.
    operation<void> commit();
    /// Undoes everything since `begin`. The same as dropping it, but one can wait for it.
    operation<void> rollback();
    /// Opens a savepoint; until that is over this transaction refuses statements.
    operation<transaction> begin();

    /// Nothing has ended it yet, as far as is known. On the executor only.
    bool is_open() const noexcept;
    /// With `transaction_options::track_outcome`, once the first statement was answered. On the executor only.
    std::optional<transaction_id> id() const noexcept;

    /// The executor everything runs on. Not for one that was over from the start.
    executor_type get_executor() const noexcept;

private:
    friend class queries<transaction>;
    friend struct detail::transaction_access;
    transaction(std::shared_ptr<detail::transaction_scope> s, std::shared_ptr<void> lease) noexcept
        : scope_(std::move(s)), lease_(std::move(lease)) {}

    const std::shared_ptr<detail::transaction_scope>& carrier() const noexcept { return scope_; }

    std::shared_ptr<detail::transaction_scope> scope_;
    std::shared_ptr<void> lease_; // of a pool's connection
};

} // namespace pgcoro
