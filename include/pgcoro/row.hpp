// SPDX-License-Identifier: BSL-1.0
// Reads rows into C++ values: the row types of `fetch<Row>`, `fetch_one<Row>` and `fetch_optional<Row>`.
#pragma once

#include <pgcoro/detail/row_reader.hpp>
#include <pgcoro/detail/row_shape.hpp>
#include <pgcoro/detail/row_slice.hpp>
#include <pgcoro/row_traits.hpp>

#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

// A row type `Row` is
//
// - a scalar, for one column: any type with `pg_type`, or std::optional of one;
// - a std::tuple or std::pair: the columns by position;
// - a plain struct (an aggregate): its members by position, or by name with `read_by_name`;
// - a std::optional of such a struct, which is empty if all of its columns are NULL;
// - a type with `row_traits`.
//
// Inside a tuple or a struct, a struct without `pg_type` takes its own columns, one after another. A std::optional of such a
// struct is empty if all of them are NULL, as in an outer join without a match. Otherwise NULL needs a std::optional. The
// names, number and types of the columns are checked once for a result, before its first row.

namespace pgcoro::detail {

/// `Source` is where the values are: see `row_reader`.
template <class Row, class Source = result_view>
class row_decoder {
    using shape = row_shape<Row>;
    static_assert(!shape::columns::has_view,
                  "pgcoro: a view would outlive the result it looks into: read std::string or std::vector<std::byte>, or use "
                  "text() and bytes() of a rowset's fields");
    static_assert(
        shape::columns::readable || shape::columns::has_view,
        "pgcoro: this type cannot be read from a column: include its header, <pgcoro/types/...> or <pgcoro/types.hpp>, or "
        "specialise pg_type<...> for it");
    static constexpr bool in_one_struct = struct_row<without_optional_t<Row>>;
    using layout = row_layout<shape, in_one_struct && read_by_name<without_optional_t<Row>>>;

public:
    explicit row_decoder(Source result) noexcept : reader_(result) {}

    /// The number of rows, or `mismatch`. Must be called first.
    int open() noexcept { return reader_.open(); }
    static constexpr bool is_positional = !layout::by_name;
    /// Instead of `open`, for columns of these types that were found to fit before.
    void reopen(const oid_number* types) noexcept
        requires is_positional
    {
        reader_.reopen(types);
    }
    error why_mismatch() const { return reader_.why_mismatch(); }

    void go_to(int row) noexcept { reader_.go_to(row); }
    /// The first row is called number `first`, from 0, in errors.
    void count_from(int first) noexcept { reader_.count_from(first); }
    Source& source() noexcept { return reader_.source(); }
    /// Which of the result's columns are read. Known once it is open.
    std::span<const int> columns_read() const noexcept { return reader_.columns_read(); }

    /// Reads the row and passes it to `take`. False on an error, which `failure` gives.
    template <class Take>
    bool read(Take take) {
        if constexpr (has_row_traits<Row>) {
            return read_described(take);
        } else {
            take(shape::make(reader_));
            return !reader_.failed();
        }
    }

    /// Reads the row and appends it to a vector.
    bool append(std::vector<Row>& out) {
        if constexpr (struct_row<Row>) {
            out.emplace_back(in_place{reader_});
            return !reader_.failed();
        } else {
            return read([&](Row&& made) { out.push_back(std::move(made)); });
        }
    }

    /// Reads the row into one that was read before. False on an error: then that may be anything.
    bool refill(Row& row) {
        shape::refill(reader_, row);
        return !reader_.failed();
    }

    void forget_failure() noexcept { reader_.forget_failure(); }
    error failure() const {
        if constexpr (has_row_traits<Row>) {
            if (!reader_.failed()) {
                return refusal_;
            }
        }
        return reader_.failure();
    }

private:
    struct nothing {};

    // Converts to a Row in the vector's storage: an aggregate cannot be constructed from arguments there.
    struct in_place {
        row_reader<layout, Source>& reader;
        operator Row() const { return shape::make(reader); }
    };

    template <class Take>
    bool read_described(Take& take) {
        auto values = row_shape<typename shape::values>::make(reader_);
        if (reader_.failed()) {
            return false;
        }
        auto made = shape::make(std::move(values));
        if constexpr (std::is_same_v<decltype(made), Row>) {
            take(std::move(made));
        } else if (made) {
            take(std::move(made).assume_value());
        } else {
            refusal_ = std::move(made).error();
            return false;
        }
        return true;
    }

    row_reader<layout, Source> reader_;
    /// The error of `row_traits` for a row.
    [[no_unique_address]] std::conditional_t<has_row_traits<Row>, error, nothing> refusal_;
};

/// Reads the rows from number `row` on and appends them to `out`, as far as `slice` allows. `out` must not be used after an
/// error.
template <class Row, class Slice>
error append_rows(row_decoder<Row>& decoder, int row, int rows, std::vector<Row>& out, Slice& slice) {
    while (row < rows) {
        const int end = slice.next_stop(row, rows);
        for (; row < end; ++row) {
            decoder.go_to(row);
            if (!decoder.append(out)) {
                return decoder.failure();
            }
        }
        if (row < rows && slice.is_over()) {
            return more_rows();
        }
    }
    return {};
}

/// Appends all rows of a result. After an error `out` holds the rows before it, and possibly an invalid one.
template <class Row>
error decode_rows(result_view result, std::vector<Row>& out) {
    row_decoder<Row> decoder(result);
    const int rows = decoder.open();
    if (rows == mismatch) {
        return decoder.why_mismatch();
    }
    out.reserve(out.size() + static_cast<std::size_t>(rows));
    whole_result all;
    return append_rows(decoder, 0, rows, out, all);
}

/// The same for one time slice of the event loop; `out` holds `before` rows of earlier results, and the rows of earlier slices.
/// Gives `more_rows()` if another call must read further rows.
template <class Row>
error decode_slice(result_view result, std::size_t before, std::vector<Row>& out) {
    row_decoder<Row> decoder(result);
    const int rows = decoder.open();
    if (rows == mismatch) {
        return decoder.why_mismatch();
    }
    if (before == 0) {
        out.reserve(static_cast<std::size_t>(rows));
    }
    decoder.count_from(static_cast<int>(before));
    row_slice slice;
    return append_rows(decoder, static_cast<int>(out.size() - before), rows, out, slice);
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
    return rows == 0 || decoder.read([&](Row&& made) { out.emplace(std::move(made)); }) ? error() : decoder.failure();
}

/// The only row of a result: `errc::no_rows` or `errc::too_many_rows` if the number of rows is not one.
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
