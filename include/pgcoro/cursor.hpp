// SPDX-License-Identifier: BSL-1.0
// A cursor: the rows of one query, a few at a time, inside a transaction. <pgcoro/pgcoro.hpp> does not include this header.
//
//     auto orders = tx.cursor<order>("select id, total from orders where customer = $1", customer);
//     for (;;) {
//         BOOST_OUTCOME_CO_TRY(auto rows, co_await orders.fetch());
//         if (rows.empty()) {
//             break;
//         }
//         ...
//     }
#pragma once

#include <pgcoro/cursor_options.hpp>
#include <pgcoro/detail/cursor_call.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/transaction.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace pgcoro {

/// The rows of a query as `Row` (see <pgcoro/row.hpp>), or as `rowset`. Made by `transaction::cursor`.
///
/// Order: the query is sent, as DECLARE, with the first operation, and sees what the transaction sees then. Other statements of
/// the transaction may run between operations, and do not change its rows. Operations of one cursor that are started together
/// are carried out one after the other. While a savepoint is open in its transaction, the cursor gives the rows that have
/// already arrived, and after those `errc::transaction_open`.
/// Ahead: once a first fetch is answered, one FETCH is in flight ahead of the caller (`cursor_options::prefetch`), so that the
/// next fetch usually finds its rows. An error in these rows fails the transaction at once, and is reported by the fetch that
/// needs any of them; meanwhile other statements fail with `sqlstate::in_failed_sql_transaction`.
/// Errors: those of `queries::fetch`; errors of the query have the query as `error::statement()`. With nothing sent:
/// `errc::transaction_over` when the transaction, or the savepoint, that it was opened in has ended;
/// `sqlstate::invalid_cursor_name` after `close()`. The server's `sqlstate::invalid_cursor_name` and
/// `sqlstate::object_not_in_prerequisite_state` mean that ROLLBACK TO, sent as text, has ended the cursor: the hint says more.
/// Any error of the server fails the transaction, or the savepoint.
/// Cancellation: any type. An operation that waits for rows in flight is cancelled like a statement: its rows are lost, the
/// transaction has failed, and later operations fail. An operation that has sent nothing can be repeated.
/// Lifetimes: arguments are encoded before `transaction::cursor` returns. The transaction may be dropped before the cursor.
/// Thread safety: that of the transaction.
///
/// A cursor that is dropped is closed: the destructor queues a CLOSE, which travels with the statements that follow, unless the
/// transaction is over. It waits for nothing and does not throw. If a ROLLBACK TO that was sent as text has already closed the
/// cursor, that CLOSE fails the transaction: use `transaction::begin` for savepoints.
///
/// Sources: PostgreSQL manual, DECLARE, FETCH, MOVE and CLOSE.
template <class Row>
class [[nodiscard]] cursor {
public:
    /// A `rowset`, or a `std::vector<Row>`.
    using rows_type = typename detail::fetched<Row>::type;

    /// Belongs to no transaction: every operation fails with `errc::transaction_over`.
    cursor() noexcept = default;
    cursor(cursor&& other) noexcept = default;
    cursor& operator=(cursor&& other) noexcept {
        detail::cursor_state::release(std::exchange(state_, std::move(other.state_)));
        return *this;
    }
    ~cursor() { detail::cursor_state::release(std::move(state_)); }

    /// Sends the DECLARE now, instead of with the first fetch. Use it if the query must see the current data, or if the cursor
    /// is to outlive its transaction without having been read. Does nothing if it was sent.
    ///
    /// Errors: the server's `sqlstate::syntax_error` if the statement is not a query.
    operation<void> open() { return call<void, detail::take_nothing>(kind::open); }

    /// The next rows: as many as are fetched ahead. None at the end.
    operation<rows_type> fetch() { return call<rows_type, detail::take_rows<Row>>(kind::fetch); }

    /// The next `count` rows; fewer if there are no more, and none at the end. 0 gives none, and sends nothing.
    ///
    /// With `cursor_options::scroll`, a negative count goes backward: the previous rows, the nearest first. Without it, a
    /// negative count fails with `errc::value_out_of_range`, and nothing is sent. A `rowset` of rows from several FETCHes is a
    /// copy of these rows: `fetch()` copies none.
    operation<rows_type> fetch(int count) { return call<rows_type, detail::take_rows<Row>>(kind::fetch, count); }

    /// Skips `count` rows and gives the number of rows skipped, which is smaller if there are no more. A negative count goes
    /// backward, as in `fetch`.
    operation<std::uint64_t> move(int count) { return call<std::uint64_t, detail::take_count>(kind::move, count); }

    /// Closes it. Same as dropping it, but it can be awaited. Succeeds if it has never been opened, or if the transaction is
    /// over.
    operation<void> close() { return call<void, detail::take_nothing>(kind::close); }

private:
    friend class transaction;
    using kind = detail::cursor_waiter::kind;

    explicit cursor(std::shared_ptr<detail::cursor_state> s) noexcept : state_(std::move(s)) {}

    template <class T, class Take>
    operation<T> call(kind what, std::optional<int> count = {}) {
        return operation<T>(detail::cursor_call<T, Take>::make(state_, what, count));
    }

    std::shared_ptr<detail::cursor_state> state_;
};

template <class Row, class... Args>
cursor<Row> transaction::cursor(const cursor_options& options, sql<Args...> statement, Args&&... args) {
    return make_cursor<Row>(options, statement, detail::encode_parameters(std::forward<Args>(args)...));
}
template <class Row, class... Args>
cursor<Row> transaction::cursor(const cursor_options& options, unchecked_sql statement, Args&&... args) {
    return make_cursor<Row>(options, std::move(statement), detail::encode_parameters(std::forward<Args>(args)...));
}
template <class Row, class... Args>
cursor<Row> transaction::cursor(sql<Args...> statement, Args&&... args) {
    return make_cursor<Row>(cursor_options(), statement, detail::encode_parameters(std::forward<Args>(args)...));
}
template <class Row, class... Args>
cursor<Row> transaction::cursor(unchecked_sql statement, Args&&... args) {
    return make_cursor<Row>(cursor_options(), std::move(statement), detail::encode_parameters(std::forward<Args>(args)...));
}

template <class Row>
cursor<Row> transaction::make_cursor(const cursor_options& options, detail::statement_text text, parameters values) {
    if (!scope_) {
        return pgcoro::cursor<Row>();
    }
    return pgcoro::cursor<Row>(std::make_shared<detail::typed_cursor<Row>>(scope_, options.hold ? lease_ : nullptr, options,
                                                                           std::move(text), std::move(values)));
}

} // namespace pgcoro
