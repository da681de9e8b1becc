// SPDX-License-Identifier: BSL-1.0
// Typed COPY: rows of C++ types into a table and out of a query, in PostgreSQL's binary format.
//
//     std::vector<reading> readings = ...;
//     BOOST_OUTCOME_CO_TRY(auto tag, co_await db.copy_in(pgcoro::copy_target("readings", "sensor", "value"), readings));
//     BOOST_OUTCOME_CO_TRY(auto rows, co_await db.copy_out<reading>("select sensor, value from readings"));
#pragma once

#include <pgcoro/copy.hpp>
#include <pgcoro/copy_target.hpp>
#include <pgcoro/detail/copy_rows_calls.hpp>
#include <pgcoro/row_stream.hpp>

#include <memory>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>

namespace pgcoro {

/// An open typed COPY into a table, for rows that are produced one after the other. Otherwise like a `copy_writer`.
template <class Row>
class [[nodiscard]] copy_rows_writer {
    using state = detail::copied_row_buffer<Row>;

public:
    /// Writes nothing: every call fails with `errc::connection_closed`.
    copy_rows_writer() noexcept = default;
    copy_rows_writer(copy_rows_writer&& other) noexcept = default;
    copy_rows_writer& operator=(copy_rows_writer&& other) noexcept {
        detail::leave_stream(std::exchange(state_, std::move(other.state_)));
        return *this;
    }
    ~copy_rows_writer() { detail::leave_stream(std::move(state_)); }

    /// Sends rows. Completes when less than 64 KiB wait to be sent.
    ///
    /// Errors: those of `copy_writer::write`; for a value that cannot be sent, `errc::value_out_of_range` and so on, with the
    /// number of its row and the name of its column. Then the COPY is over, and nothing of it remains.
    /// Lifetimes: `rows` must stay valid until the operation is complete.
    operation<void> write(std::span<const Row> rows) { return detail::append_to_copy(state_, rows); }
    operation<void> write(const Row& row) { return write(std::span<const Row>(&row, 1)); }

    /// Ends the data, and gives the command tag. Errors: those of `copy_writer::finish`.
    operation<command_tag> finish() { return detail::finish_copy(state_); }
    /// Undoes it. Errors: those of `copy_writer::abort`.
    operation<void> abort(std::string reason = {}) { return detail::abort_copy(state_, std::move(reason)); }

private:
    template <class Handle, class State>
    friend class detail::open_copy_call;
    explicit copy_rows_writer(std::shared_ptr<state> s) noexcept : state_(std::move(s)) {}

    std::shared_ptr<state> state_;
};

template <class Derived>
template <class Rows>
operation<command_tag> queries<Derived>::copy_in(const copy_target& target, Rows&& rows) {
    using range =
        std::conditional_t<std::is_lvalue_reference_v<Rows>, std::remove_reference_t<Rows>*, std::remove_cvref_t<Rows>>;
    return operation<command_tag>(detail::copy_range_call<range>::make(carrier(), target, detail::held<range>(rows)));
}

template <class Derived>
template <class Row>
operation<copy_rows_writer<Row>> queries<Derived>::copy_rows(const copy_target& target) {
    return operation<copy_rows_writer<Row>>(
        detail::open_copy_call<copy_rows_writer<Row>, detail::copied_row_buffer<Row>>::make(carrier(), target));
}

} // namespace pgcoro
