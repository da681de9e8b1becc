// SPDX-License-Identifier: BSL-1.0
// The rows of a statement while the server sends them: memory for a few hundred rows, whatever their number.
//
//     BOOST_OUTCOME_CO_TRY(auto rows, co_await db.stream<reading>("select sensor, value from readings where day = $1", day));
//     for (;;) {
//         BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
//         if (chunk.empty()) {
//             break;
//         }
//         for (const reading& r : chunk) {
//             sum += r.value;
//         }
//     }
#pragma once

#include <pgcoro/detail/row_source.hpp>
#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/detail/stream_calls.hpp>
#include <pgcoro/queries.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace pgcoro {
/// An open row stream. `Row` is a row type (see <pgcoro/row.hpp>) or `dynamic_row`.
///
/// While it is open, its connection or transaction refuses other statements with `errc::stream_open`; statements that others
/// had started before wait. The server sends only as fast as the rows are read: meanwhile the statement keeps its snapshot and
/// its locks, and on a pool its connection.
///
/// Rows are provisional until the end: only when `next` gives nothing (or `next_chunk` an empty span) has the server confirmed
/// that the statement succeeded. An error ends the stream, and every further read gives the same error.
///
/// If it is dropped before its end, the statement is cancelled at the server, and rows that still arrive are discarded. The
/// next statement waits for that, for at most twice the cancel timeout (docs/cancellation.md); then the connection is closed.
/// In a transaction, a cancelled statement leaves the transaction aborted.
///
/// Lifetimes: it may outlive its connection or transaction, whose end ends it, and its pool, which lets it come to its end.
/// Thread safety: that of the connection. It may be destroyed on any thread.
template <class Row>
class [[nodiscard]] row_stream {
    using state = detail::row_source<Row>;

public:
    /// Reads nothing: every read fails with `errc::connection_closed`.
    row_stream() noexcept = default;
    row_stream(row_stream&& other) noexcept = default;
    row_stream& operator=(row_stream&& other) noexcept {
        detail::leave_stream(std::exchange(state_, std::move(other.state_)));
        return *this;
    }
    ~row_stream() { detail::leave_stream(std::move(state_)); }

    /// The next row; nothing at the end.
    ///
    /// Errors: the server's; those of `fetch`, for a row that cannot be read; `errc::connection_lost`; `operation_in_progress`
    /// if another read waits. The last rows before an error may not have been delivered.
    /// Cancellation and deadlines: the read ends, the stream stays open and loses no row. The statement continues, so outside a
    /// transaction the error is `error::outcome_unknown()`.
    operation<std::optional<Row>> next() {
        return operation<std::optional<Row>>(
            detail::read_stream_call<std::optional<Row>, state, &state::take_one>::make(state_));
    }

    /// The rows that have arrived, at least one; an empty span at the end. Valid until the next read; the caller may move from
    /// them. A chunk has at most a few hundred rows, or slightly more than 256 KiB. Errors and cancellation: those of `next`.
    operation<std::span<Row>> next_chunk() {
        return operation<std::span<Row>>(detail::read_stream_call<std::span<Row>, state, &state::take_chunk>::make(state_));
    }

    /// The columns of the rows. A view: it must not outlive the stream.
    column_list_view columns() const noexcept { return state_ ? state_->columns() : column_list_view(); }
    /// The command tag, such as "SELECT 3". Empty before the end.
    command_tag tag() const noexcept { return state_ && state_->is_over() ? state_->tag() : command_tag(); }

    /// Ends the stream with `errc::timed_out` unless it is over within `limit`, counted from now. On the executor only.
    void total_within(detail::saturating<std::chrono::steady_clock::duration> limit) {
        if (state_) {
            state_->limit(detail::from_now(std::chrono::steady_clock::duration(limit)));
        }
    }
    /// Drops what is left. The same as destroying it.
    void close() noexcept { detail::leave_stream(std::exchange(state_, nullptr)); }

private:
    template <class Handle, class State>
    friend class detail::open_stream_call;
    explicit row_stream(std::shared_ptr<state> s) noexcept : state_(std::move(s)) {}

    std::shared_ptr<state> state_;
};

namespace detail {

template <class Row>
constexpr rows_wanted wanted_for_stream() noexcept {
    if constexpr (std::is_same_v<Row, dynamic_row>) {
        return rows_wanted::any;
    } else {
        return wanted_for_row<Row>();
    }
}

template <class Row>
operation<row_stream<Row>> open_row_stream(const stream_origin& from, statement_text text, parameters values) {
    text.want(wanted_for_stream<Row>());
    return operation<row_stream<Row>>(
        open_stream_call<row_stream<Row>, row_source<Row>>::make(from, std::move(text), std::move(values)));
}

} // namespace detail

template <class Derived>
template <class Row, class... Args>
operation<row_stream<Row>> queries<Derived>::stream(sql<Args...> statement, Args&&... args) {
    return detail::open_row_stream<Row>(detail::stream_origin(carrier()), statement,
                                        detail::encode_parameters(std::forward<Args>(args)...));
}

template <class Derived>
template <class Row, class... Args>
operation<row_stream<Row>> queries<Derived>::stream(unchecked_sql statement, Args&&... args) {
    return detail::open_row_stream<Row>(detail::stream_origin(carrier()), std::move(statement),
                                        detail::encode_parameters(std::forward<Args>(args)...));
}

} // namespace pgcoro
