// SPDX-License-Identifier: BSL-1.0
// Results as C++ values: what `fetch<Row>`, `fetch_one<Row>` and `fetch_optional<Row>` make of them.
#pragma once

#include <pgcoro/detail/row_shape.hpp>
#include <pgcoro/row_traits.hpp>

#include <optional>
#include <vector>

// A row type `Row` is
//
// - a scalar, for one column: any type with `pg_type`, or std::optional of one;
// - a std::tuple or std::pair: the columns by position;
// - a plain struct (an aggregate): its members by position;
// - a type with `row_traits`.
//
// NULL goes into std::optional only. Number and types of the columns are checked once for a result, before its first row.

namespace pgcoro::detail {

template <class Row>
class row_decoder {
    using shape = row_shape<Row>;
    using columns = typename shape::columns;
    static_assert(columns::readable, "pgcoro: no pg_type<...>: this type cannot be read from a column");

public:
    explicit row_decoder(result_view result) noexcept : result_(result), reader_(result, types_) {}

    bool check() noexcept { return check_columns(result_, columns::wishes, types_); }
    error mismatch() const { return column_mismatch(result_, columns::wishes); }
    error failure() const { return reader_.failure(columns::wishes); }

    /// Reads a row to the end of a vector.
    bool append(int row, std::vector<Row>& out) {
        reader_.go_to(row);
        if constexpr (has_row_traits<Row>) {
            std::optional<Row> made;
            return shape::read(reader_, made) && (out.push_back(*std::move(made)), true);
        } else if constexpr (std::is_same_v<Row, bool>) {
            bool value = false;
            return shape::read(reader_, value) && (out.push_back(value), true);
        } else {
            return shape::read(reader_, out.emplace_back());
        }
    }

    bool read(int row, std::optional<Row>& out) {
        reader_.go_to(row);
        if constexpr (has_row_traits<Row>) {
            return shape::read(reader_, out);
        } else {
            return shape::read(reader_, out.emplace());
        }
    }

private:
    result_view result_;
    oid_number types_[columns::size];
    row_reader reader_;
};

/// Appends all rows of a result. After an error `out` holds the rows before it, and perhaps a part of one.
template <class Row>
error decode_rows(result_view result, std::vector<Row>& out) {
    row_decoder<Row> decoder(result);
    if (!decoder.check()) {
        return decoder.mismatch();
    }
    const int rows = result.rows();
    out.reserve(out.size() + static_cast<std::size_t>(rows));
    for (int row = 0; row < rows; ++row) {
        if (!decoder.append(row, out)) {
            return decoder.failure();
        }
    }
    return {};
}

/// The only row of a result, or none. More than one is `errc::too_many_rows`.
template <class Row>
error decode_optional(result_view result, std::optional<Row>& out) {
    row_decoder<Row> decoder(result);
    if (!decoder.check()) {
        return decoder.mismatch();
    }
    const int rows = result.rows();
    if (rows > 1) {
        return row_count_failure(rows);
    }
    out.reset();
    return rows == 0 || decoder.read(0, out) ? error() : decoder.failure();
}

/// The only row of a result: `errc::no_rows` or `errc::too_many_rows` if there is another number of them.
template <class Row>
error decode_one(result_view result, std::optional<Row>& out) {
    if (error failure = decode_optional(result, out); failure.code()) {
        return failure;
    }
    return out ? error() : row_count_failure(0);
}

} // namespace pgcoro::detail
