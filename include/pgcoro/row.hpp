// SPDX-License-Identifier: BSL-1.0
// Results as C++ values: what `fetch<Row>`, `fetch_one<Row>` and `fetch_optional<Row>` make of them.
#pragma once

#include <pgcoro/detail/row_shape.hpp>
#include <pgcoro/row_traits.hpp>

#include <optional>
#include <type_traits>
#include <utility>
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
    static_assert(shape::columns::readable, "pgcoro: no pg_type<...>: this type cannot be read from a column");

public:
    explicit row_decoder(result_view result) noexcept : reader_(result) {}

    /// The number of rows, or `mismatch`. Comes first, and goes to the first row.
    int open() noexcept { return reader_.open(); }
    error why_mismatch() const { return reader_.why_mismatch(); }

    void go_to(int row) noexcept { reader_.go_to(row); }

    /// Reads the row. False if that is impossible; `failure` says why.
    bool read(std::optional<Row>& out) { return shape::read(reader_, out.emplace()); }

    /// Reads the row to the end of a vector.
    bool append(std::vector<Row>& out) {
        if constexpr (std::is_same_v<Row, bool>) {
            bool value = false;
            return shape::read(reader_, value) && (out.push_back(value), true);
        } else {
            return shape::read(reader_, out.emplace_back());
        }
    }

    error failure() const { return reader_.failure(); }

private:
    row_reader<typename shape::columns> reader_;
};

template <has_row_traits Row>
class row_decoder<Row> {
    using shape = row_shape<Row>;
    static_assert(shape::columns::readable, "pgcoro: no pg_type<...>: this type cannot be read from a column");

public:
    explicit row_decoder(result_view result) noexcept : reader_(result) {}

    int open() noexcept { return reader_.open(); }
    error why_mismatch() const { return reader_.why_mismatch(); }

    void go_to(int row) noexcept { reader_.go_to(row); }

    bool read(std::optional<Row>& out) { return shape::read(reader_, out, refusal_); }

    bool append(std::vector<Row>& out) {
        std::optional<Row> made;
        return read(made) && (out.push_back(*std::move(made)), true);
    }

    error failure() const { return refusal_ ? refusal_ : reader_.failure(); }

private:
    row_reader<typename shape::columns> reader_;
    error refusal_;
};

/// Appends all rows of a result. After an error `out` holds the rows before it, and perhaps a part of one.
template <class Row>
error decode_rows(result_view result, std::vector<Row>& out) {
    row_decoder<Row> decoder(result);
    const int rows = decoder.open();
    if (rows == mismatch) {
        return decoder.why_mismatch();
    }
    out.reserve(out.size() + static_cast<std::size_t>(rows));
    for (int row = 0; row < rows; ++row) {
        if (row != 0) {
            decoder.go_to(row);
        }
        if (!decoder.append(out)) {
            return decoder.failure();
        }
    }
    return {};
}

template <class Row>
error decode_single_row(result_view result, bool may_be_missing, std::optional<Row>& out) {
    row_decoder<Row> decoder(result);
    const int rows = decoder.open();
    if (rows == mismatch) {
        return decoder.why_mismatch();
    }
    if (rows > 1 || (rows == 0 && !may_be_missing)) {
        return row_count_failure(rows);
    }
    out.reset();
    return rows == 0 || decoder.read(out) ? error() : decoder.failure();
}

/// The only row of a result: `errc::no_rows` or `errc::too_many_rows` if there is another number of them.
template <class Row>
error decode_one(result_view result, std::optional<Row>& out) {
    return decode_single_row(result, false, out);
}

/// The only row of a result, or none: `errc::too_many_rows` if there are more.
template <class Row>
error decode_optional(result_view result, std::optional<Row>& out) {
    return decode_single_row(result, true, out);
}

} // namespace pgcoro::detail
