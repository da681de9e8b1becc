// SPDX-License-Identifier: BSL-1.0
// Reads the values of one row after the other, by column.
#pragma once

#include <pgcoro/detail/column_list.hpp>
#include <pgcoro/detail/result_view.hpp>
#include <pgcoro/detail/row_plan.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/pg_type.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace pgcoro::detail {

/// Which of its columns a result must have, and where: what the shape of a row type comes to.
template <class Shape, bool AllByName>
struct row_layout {
    using columns = typename Shape::columns;
    static constexpr bool by_name = Shape::by_name;
    /// Further columns do no harm.
    static constexpr bool open_ended = AllByName;

    /// Only for rows that go by name, in whole or in part.
    static constexpr auto places = [] {
        std::array<column_place, columns::size> all{};
        Shape::place(all.data(), {0, AllByName ? all_columns : columns::size});
        return all;
    }();
};

/// A result whose rows hold the columns of a layout. Columns count as the layout has them. `Source` is a `result_view`, or what
/// has the same columns and finds the values elsewhere: a `tuple_view`.
template <class Layout, class Source = result_view>
class row_reader {
    using columns = typename Layout::columns;

public:
    explicit row_reader(Source result) noexcept : result_(result) {}

    /// The number of rows, or `mismatch`. Comes first.
    int open() noexcept {
        if constexpr (Layout::by_name) {
            return open_result(result_, plan(), types_, map_.at);
        } else {
            return open_result(result_, columns::requirements, types_);
        }
    }
    /// Instead of `open`, for columns of these types that were found to fit before.
    void reopen(const oid_number* types) noexcept
        requires(!Layout::by_name)
    {
        std::copy_n(types, columns::size, types_);
    }
    error why_mismatch() const {
        if constexpr (Layout::by_name) {
            return column_mismatch(result_, plan());
        } else {
            return column_mismatch(result_, columns::requirements);
        }
    }

    void go_to(int row) noexcept { row_ = row; }
    /// The first row is called number `first`, from 0, in errors.
    void count_from(int first) noexcept { first_ = first; }
    Source& source() noexcept { return result_; }
    /// Which of the result's columns are read. Known once it is open.
    std::span<const int> columns_read() const noexcept {
        if constexpr (Layout::by_name) {
            return map_.at;
        } else {
            return in_order;
        }
    }

    /// The value in the current row; something else if it cannot be read, and then `failed()`.
    template <class T>
    T take(std::size_t column) {
        if constexpr (makeable<T>) {
            const cell_bytes cell = cell_at(column);
            return cell.is_null() ? take_null<T>(column, cell) : take_bytes<T>(column, cell.bytes());
        } else {
            T value{};
            read(column, value);
            return value;
        }
    }

    /// The same into `out`.
    template <class T>
    void read(std::size_t column, T& out) {
        note(column, read_cell(types_[column], cell_at(column), out, result_.types()));
    }

    /// The same into one that was read before. A string keeps its memory, unless that is large.
    template <class T>
    [[gnu::always_inline]] void refill(std::size_t column, T& out) {
        if constexpr (std::is_same_v<T, std::string>) {
            const cell_bytes cell = cell_at(column);
            if (cell.is_null()) [[unlikely]] {
                note(column, errc::unexpected_null);
            } else {
                refill_string(column, cell.bytes(), out);
            }
        } else if constexpr (std::is_same_v<T, std::optional<std::string>>) {
            const cell_bytes cell = cell_at(column);
            if (cell.is_null()) {
                out.reset();
            } else {
                refill_string(column, cell.bytes(), out ? *out : out.emplace());
            }
        } else {
            out = take<T>(column);
        }
    }

    bool all_null(std::size_t first, std::size_t count) const noexcept {
        while (count != 0 && cell_at(first).length == cell_bytes::null) {
            ++first;
            --count;
        }
        return count == 0;
    }

    bool failed() const noexcept { return failure_ != errc{}; }
    void forget_failure() noexcept { failure_ = {}; }
    /// Why a value could not be read.
    error failure() const {
        return value_failure(failure_, result_, first_ + row_, in_result(column_), cell_at(column_),
                             columns::requirements[column_]);
    }

private:
    struct positions {
        int at[columns::size];
    };
    struct nothing {};
    static constexpr auto in_order = [] {
        std::array<int, columns::size> all{};
        for (int column = 0; int& one : all) {
            one = column++;
        }
        return all;
    }();

    template <class String>
    [[gnu::always_inline]] void refill_string(std::size_t column, value_bytes bytes, String& out) {
        constexpr std::size_t most_kept = 256;
        errc failure{};
        if (out.capacity() > most_kept) [[unlikely]] {
            String().swap(out);
        }
        if (bytes.size() <= out.capacity()) {
            failure = pg_type<String>::decode(types_[column], bytes, out);
        } else {
            out = pg_type<String>::make(types_[column], bytes, failure);
        }
        note(column, failure);
    }

    static constexpr named_plan plan() noexcept { return {columns::requirements, Layout::places, Layout::open_ended}; }

    int in_result(std::size_t column) const noexcept {
        if constexpr (Layout::by_name) {
            return map_.at[column];
        } else {
            return static_cast<int>(column);
        }
    }
    [[gnu::always_inline]] cell_bytes cell_at(std::size_t column) const noexcept {
        return result_.cell(row_, in_result(column));
    }

    // Each makes its value where the caller wants it: with two ways to return one, GCC would move it there.
    template <class T>
    T take_bytes(std::size_t column, value_bytes bytes) {
        errc failure{};
        T value = pg_type<T>::make(types_[column], bytes, failure);
        note(column, failure);
        return value;
    }
    template <class T>
    [[gnu::cold]] T take_null(std::size_t column, const cell_bytes& cell) {
        note(column, why_missing(cell));
        return T{};
    }

    void note(std::size_t column, errc failure) noexcept {
        if (failure != errc{}) [[unlikely]] {
            column_ = failed() ? column_ : column; // the first one
            failure_ = failed() ? failure_ : failure;
        }
    }

    Source result_;
    int row_ = 0;
    int first_ = 0;
    errc failure_{};
    std::size_t column_ = 0;
    oid_number types_[columns::size];
    /// Which of the result's columns each one is.
    [[no_unique_address]] std::conditional_t<Layout::by_name, positions, nothing> map_;
};

} // namespace pgcoro::detail
