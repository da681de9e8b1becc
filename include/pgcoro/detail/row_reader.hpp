// SPDX-License-Identifier: BSL-1.0
// Reads the values of one row after the other, by column.
#pragma once

#include <pgcoro/detail/result_view.hpp>
#include <pgcoro/detail/row_plan.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <utility>

namespace pgcoro::detail {

/// The columns of a row type as a list of types.
template <class... Columns>
struct column_list {
    static constexpr std::size_t size = sizeof...(Columns);
    static constexpr bool readable = (readable_column<Columns> && ...);

    /// What `open_result` compares the result with; only for a readable list.
    static constexpr column_wish wishes[size] = {wish_for<Columns>()...};
};

/// A result whose rows hold `Columns`.
template <class Columns>
class row_reader {
public:
    explicit row_reader(result_view result) noexcept : result_(result) {}

    /// The number of rows, or `mismatch`. Comes first.
    int open() noexcept { return open_result(result_, Columns::wishes, types_); }
    error why_mismatch() const { return column_mismatch(result_, Columns::wishes); }

    void go_to(int row) noexcept { row_ = row; }

    /// The value in the current row; something else if it cannot be read, and then `failed()`.
    template <class T>
    T take(std::size_t column) {
        const cell_bytes cell = result_.cell(row_, static_cast<int>(column));
        errc failure{};
        if constexpr (makeable<T>) {
            if (!cell.is_null()) [[likely]] {
                T value = pg_type<T>::make(types_[column], cell.bytes(), failure);
                note(column, failure);
                return value;
            }
            note(column, errc::unexpected_null);
            return T{};
        } else {
            T value{};
            failure = read_cell(types_[column], cell, value, result_.types());
            note(column, failure);
            return value;
        }
    }

    bool failed() const noexcept { return failure_ != errc{}; }
    /// Why a value could not be read.
    error failure() const {
        return value_failure(failure_, result_, row_, static_cast<int>(column_), Columns::wishes[column_]);
    }

private:
    void note(std::size_t column, errc failure) noexcept {
        if (failure != errc{}) [[unlikely]] {
            column_ = column;
            failure_ = failure;
        }
    }

    result_view result_;
    int row_ = 0;
    errc failure_{};
    std::size_t column_ = 0;
    oid_number types_[Columns::size];
};

} // namespace pgcoro::detail
