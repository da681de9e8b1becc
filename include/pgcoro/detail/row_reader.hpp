// SPDX-License-Identifier: BSL-1.0
// Reads the values of one row after the other, by column.
#pragma once

#include <pgcoro/detail/result_view.hpp>
#include <pgcoro/detail/row_plan.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/pg_type.hpp>

#include <utility>

namespace pgcoro::detail {

/// The columns were checked before; `types` are theirs.
class row_reader {
public:
    row_reader(result_view result, const oid_number* types) noexcept : result_(result), types_(types) {}

    void go_to(int row) noexcept { row_ = row; }

    /// The value in the current row. False if it cannot be read; `failure` says why then.
    template <class T>
    bool read(int column, T& out) {
        const errc failure = read_cell(types_[column], result_.cell(row_, column), out);
        return failure == errc{} || fail(column, failure);
    }

    /// Says that the values were read, but make no row.
    bool refuse(error reason) noexcept {
        refusal_ = std::move(reason);
        return false;
    }

    error failure(const column_wish* wishes) const {
        return failure_ == errc{} ? refusal_ : value_failure(failure_, result_, row_, column_, wishes[column_]);
    }

private:
    bool fail(int column, errc failure) noexcept {
        column_ = column;
        failure_ = failure;
        return false;
    }

    result_view result_;
    const oid_number* types_;
    int row_ = 0;
    int column_ = 0;
    errc failure_{};
    error refusal_;
};

} // namespace pgcoro::detail
