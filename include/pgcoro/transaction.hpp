// SPDX-License-Identifier: BSL-1.0
// A transaction, which is rolled back unless it is committed.
//
//     BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
//     BOOST_OUTCOME_CO_TRY(co_await tx.execute("update accounts set balance = balance - $1 where id = $2", amount, from));
//     BOOST_OUTCOME_CO_TRY(co_await tx.execute("update accounts set balance = balance + $1 where id = $2", amount, to));
//     BOOST_OUTCOME_CO_TRY(co_await tx.commit());
#pragma once

#include <pgcoro/detail/transaction_scope.hpp>
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

// Defined in <pgcoro/cursor.hpp>.
template <class Row>
class cursor;
struct cursor_options;

/// The server's id of a transaction (`pg_current_xact_id`), unique forever in one cluster.
enum class transaction_id : std::uint64_t {};

/// A transaction on one connection, or a savepoint inside one.
///
/// If it is dropped without `commit()`, it is rolled back before anything else runs on its session, whatever it was doing; the
/// destructor itself sends nothing. BEGIN is sent with the first statement, so `begin` costs no round trip, and a transaction
/// without statements costs none at all. Statements may be started while others are in flight, as on a connection.
///
/// While it is open, the connection (or the enclosing transaction) refuses statements with `errc::transaction_open`. Once it or
/// its connection has ended, it refuses statements with `errc::transaction_over` or with the error that ended it.
///
/// A transaction begun on a pool has its own connection and gives it back when the handle is dropped.
///
/// Thread safety: that of the connection.
class [[nodiscard]] transaction : public queries<transaction> {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Creates a transaction that is over.
    transaction() noexcept = default;
    transaction(transaction&& other) noexcept = default;
    transaction& operator=(transaction&& other) noexcept;
    ~transaction();

    /// Makes all changes permanent. A savepoint becomes part of the enclosing transaction.
    ///
    /// Errors: `errc::transaction_rolled_back` if an earlier error had aborted the transaction, so that the server answered
    /// ROLLBACK; an error of a deferred constraint or of the isolation level, after which nothing has taken effect. If the
    /// session is lost or the deadline passes meanwhile, `error::outcome_unknown()` tells whether it may have taken effect. In
    /// an aborted savepoint `sqlstate::in_failed_sql_transaction`; it can still be rolled back.
    /// Cancellation: before COMMIT is sent, the transaction stays open. Afterwards the outcome is unknown.
    operation<void> commit();
    /// Undoes everything since `begin`. Same as dropping it, but it can be awaited.
    operation<void> rollback();
    /// Opens a savepoint. Until that is over, this transaction refuses statements.
    operation<transaction> begin();

    /// The rows of a query, a few at a time: include <pgcoro/cursor.hpp>, which says all about it. Sends nothing.
    ///
    /// `Row` is as for `fetch`. Without `Row`, the cursor gives rowsets.
    template <class Row = rowset, class... Args>
    pgcoro::cursor<Row> cursor(sql<Args...> statement, Args&&... args);
    template <class Row = rowset, class... Args>
    pgcoro::cursor<Row> cursor(unchecked_sql statement, Args&&... args);
    template <class Row = rowset, class... Args>
    pgcoro::cursor<Row> cursor(const cursor_options& options, sql<Args...> statement, Args&&... args);
    template <class Row = rowset, class... Args>
    pgcoro::cursor<Row> cursor(const cursor_options& options, unchecked_sql statement, Args&&... args);

    /// Whether it is still open, as far as is known. On the executor only.
    bool is_open() const noexcept;
    /// The id, with `transaction_options::track_outcome`, once the first statement is answered. On the executor only.
    std::optional<transaction_id> id() const noexcept;

    /// The executor that everything runs on. Must not be called on a transaction that was over from the start.
    executor_type get_executor() const noexcept;

private:
    friend class queries<transaction>;
    friend struct detail::transaction_access;
    transaction(std::shared_ptr<detail::transaction_scope> s, std::shared_ptr<void> lease) noexcept
        : scope_(std::move(s)), lease_(std::move(lease)) {}

    const std::shared_ptr<detail::transaction_scope>& carrier() const noexcept { return scope_; }

    template <class Row>
    pgcoro::cursor<Row> make_cursor(const cursor_options& options, detail::statement_text text, parameters values);

    std::shared_ptr<detail::transaction_scope> scope_;
    std::shared_ptr<void> lease_; // of the pool's connection, if any
};

} // namespace pgcoro
