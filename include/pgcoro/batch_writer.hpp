// SPDX-License-Identifier: BSL-1.0
// A batch writer: rows that many coroutines write one by one are sent as one statement. <pgcoro/pgcoro.hpp> does not include
// this header.
//
//     struct reading {
//         std::int64_t sensor;
//         double value;
//     };
//     pgcoro::batch_writer<reading> readings(db, "insert into readings select unnest($1), unnest($2)");
//     ...
//     BOOST_OUTCOME_CO_TRY(co_await readings.write({7, 21.5})); // it is committed
#pragma once

#include <pgcoro/detail/writer_state.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/sql.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

namespace pgcoro {

struct batch_writer_options {
    /// The maximum number of rows in one statement. At least 1.
    std::size_t max_rows = 1000;
    /// The size of the values, in bytes, that also fills a statement. Approximate: some types count with their size in C++.
    std::size_t max_bytes = 1024 * 1024;
    /// How long a row waits for others. Zero: until the current turn of the event loop ends and the statement in flight has
    /// been answered. A longer wait makes statements larger and fewer, and each caller waits longer.
    std::chrono::milliseconds max_delay{0};
    /// The maximum number of statements in flight. At least 1.
    std::size_t max_in_flight = 4;
};

/// Writes rows in batches, as `batch_loader` looks up keys in batches: a statement is sent when it is full, or when its first
/// row has waited for `max_delay`.
///
/// Statement: it has one array for each column of the row, as $1, $2, ...:
/// `insert into t (a, b) select unnest($1), unnest($2)`. (`select * from unnest($1, $2)` does the same, and costs the server
/// about 1.7 times as much.) It may also be an UPDATE or DELETE, and may have ON CONFLICT. The rows of a RETURNING are not
/// read: use a `batch_loader` whose query is the INSERT (docs/batching.md).
/// `Row`: a std::tuple, std::pair or plain struct of types that can be elements of an array, or one such type. Members that
/// may be NULL are std::optional. A row is copied, and kept in memory until it is written.
///
/// Transactions: each statement is one, unless `db` is a transaction. Rows that are written together are committed together.
/// Order: rows of one statement are inserted in the order of `write`; statements in flight together in any order.
/// Errors: each caller is told about its own row. If a value is at fault (SQLSTATE classes 21, 22, 23, 44 and P0, a row
/// security policy, text with a NUL character), the statement has done nothing, and its rows are sent again in smaller parts
/// until the row is found: the others are written. Any other error is told to all callers of the statement; after a loss of the
/// connection `error::outcome_unknown()` says whether their rows may have been written. In a transaction, which has failed
/// then, the first error is told to all. `operation_aborted` if the writer is destroyed before the row was sent.
/// Lifetimes: `db` may be destroyed: writes then fail as its statements do. Destroying the writer ends what is not sent; what
/// is in flight completes.
/// Cancellation and deadlines: any type, for each caller alone. A row that is not sent is not written. A row in flight is
/// `outcome_unknown()`; it is written unless nobody else waits for the statement, which is then cancelled.
/// Thread safety: that of `db`. With an executor run by one thread, or a strand, `write` may be started from any thread. The
/// object itself must not be moved or destroyed while another thread uses it.
template <class Row>
class batch_writer {
    using state = detail::writer_state<Row>;

public:
    /// `db` is a connection, a pool, a pooled connection, a multiplexer or a transaction.
    template <class Db>
    batch_writer(const queries<Db>& db, typename detail::sql_for_row<Row>::type statement,
                 const batch_writer_options& options = {})
        : batch_writer(detail::batching_carrier(db), statement, options) {}
    template <class Db>
    batch_writer(const queries<Db>& db, unchecked_sql statement, const batch_writer_options& options = {})
        : batch_writer(detail::batching_carrier(db), std::move(statement), options) {}
    batch_writer(batch_writer&& other) noexcept = default;
    batch_writer& operator=(batch_writer&& other) noexcept {
        detail::batching_core::close(std::exchange(state_, std::move(other.state_)));
        refusal_ = other.refusal_;
        return *this;
    }
    ~batch_writer() { detail::batching_core::close(std::move(state_)); }

    /// Writes a row. Completes when the row is committed; in a transaction, when it is inserted.
    operation<void> write(Row row) {
        return operation<void>(state_ ? detail::write_call<Row>::make(state_, std::move(row)) : detail::failed<void>(refusal_));
    }

    /// Sends the waiting rows now, without waiting for `max_delay`. From any thread.
    void flush() noexcept { detail::batching_core::flush(state_); }

private:
    batch_writer(detail::batching_carrier db, detail::statement_text statement, const batch_writer_options& options)
        : refusal_(db.refusal()) {
        if (db.where()) {
            detail::batching_limits limits;
            limits.max_items = options.max_rows;
            limits.max_bytes = options.max_bytes;
            limits.max_in_flight = options.max_in_flight;
            limits.max_delay = detail::saturated<std::chrono::steady_clock::duration>(options.max_delay);
            state_ = std::make_shared<state>(std::move(db), std::move(statement), limits);
        }
    }

    std::shared_ptr<state> state_;
    errc refusal_; // where there is no state
};

} // namespace pgcoro
