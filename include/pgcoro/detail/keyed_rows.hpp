// SPDX-License-Identifier: BSL-1.0
// The rows of a statement, each with its key: the first columns.
#pragma once

#include <pgcoro/detail/decode.hpp>
#include <pgcoro/detail/key_parts.hpp>
#include <pgcoro/detail/row_plan.hpp>
#include <pgcoro/detail/row_slice.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro::detail {

template <class Key, class Row>
struct keyed_rows {
    std::vector<Key> keys;
    std::vector<Row> rows;
};

/// The error for a result with fewer columns than the key has parts.
error too_few_columns_for_key(int columns, std::size_t parts);

/// Reads the key from the first columns of a result.
template <class Key>
class key_reader {
    using parts = parts_of<Key>;
    static constexpr auto requirements = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array{requirement_for<typename parts::template type<I>>()...};
    }(std::make_index_sequence<parts::size>());

public:
    explicit key_reader(result_view result) noexcept : result_(result) {}

    /// Whether the columns fit. Must be called first.
    error open() const {
        if (result_.columns() < static_cast<int>(parts::size)) {
            return too_few_columns_for_key(result_.columns(), parts::size);
        }
        for (std::size_t i = 0; i != parts::size; ++i) {
            if (!column_fits(result_, static_cast<int>(i), requirements[i])) {
                return column_mismatch(result_, static_cast<int>(i), requirements[i]);
            }
        }
        return {};
    }

    error read(int row, Key& key) const {
        errc failure{};
        int failed = 0;
        parts::each([&]<std::size_t I>() {
            constexpr int column = I;
            if (failure == errc{}) {
                failed = column;
                failure = read_cell(result_.column_type(column), result_.cell(row, column), parts::template get<I>(key),
                                    result_.types());
            }
        });
        return failure == errc{} ? error()
                                 : value_failure(failure, result_, row, failed, requirements[static_cast<std::size_t>(failed)]);
    }

private:
    result_view result_;
};

/// Tuples of the key's parts and the row's, for a row that does not contain its key.
template <class Row, class Indices = std::make_index_sequence<is_tuple<Row> ? row_width<Row>() : 1>>
struct row_parts_of {
    using type = std::tuple<Row>;
};
template <class Row, std::size_t... I>
    requires is_tuple<Row>
struct row_parts_of<Row, std::index_sequence<I...>> {
    using type = std::tuple<std::tuple_element_t<I, Row>...>;
};

template <class Key, class Row, class Indices = std::make_index_sequence<parts_of<Key>::size>>
struct key_beside_row;
template <class Key, class Row, std::size_t... I>
struct key_beside_row<Key, Row, std::index_sequence<I...>> {
    using type = decltype(std::tuple_cat(std::declval<std::tuple<typename parts_of<Key>::template type<I>...>>(),
                                         std::declval<typename row_parts_of<Row>::type>()));

    static void split(type&& both, keyed_rows<Key, Row>& out) {
        out.keys.push_back(Key{std::get<I>(std::move(both))...});
        if constexpr (is_tuple<Row>) {
            [&]<std::size_t... R>(std::index_sequence<R...>) {
                out.rows.push_back(Row{std::get<sizeof...(I) + R>(std::move(both))...});
            }(std::make_index_sequence<std::tuple_size_v<Row>>());
        } else {
            out.rows.push_back(std::get<sizeof...(I)>(std::move(both)));
        }
    }
};

/// Whether a `Row` can be read from the columns after the key. What goes by name is read from all columns.
template <class Row>
inline constexpr bool may_stand_beside_key = !has_row_traits<Row> && row_decoder<Row>::is_positional;

template <class Key, class Row>
struct rows_in<keyed_rows<Key, Row>> {
    using type =
        typename std::conditional_t<may_stand_beside_key<Row>, key_beside_row<Key, Row>, std::type_identity<Row>>::type;
};

template <class Decoder, class Read>
error read_keyed(Decoder& decoder, std::size_t first, Read read) {
    const int rows = decoder.open();
    if (rows == mismatch) {
        return decoder.why_mismatch();
    }
    row_slice slice;
    for (int row = static_cast<int>(first); row < rows;) {
        for (const int end = slice.next_stop(row, rows); row < end; ++row) {
            decoder.go_to(row);
            if (error e = read(row)) [[unlikely]] {
                return e;
            }
        }
        if (row < rows && slice.is_over()) {
            return more_rows();
        }
    }
    return {};
}

/// A `decoder`. The row is all columns or, if there are as many more as the key has parts, those after the key.
template <class Key, class Row>
error decode_keyed(result_handle& r, const type_catalogue_ptr& types, std::optional<keyed_rows<Key, Row>>& out, std::size_t) {
    const result_view view(r.get(), *types);
    keyed_rows<Key, Row>& read = out ? *out : out.emplace();
    read.keys.reserve(static_cast<std::size_t>(view.rows()));
    read.rows.reserve(static_cast<std::size_t>(view.rows()));
    if constexpr (may_stand_beside_key<Row>) {
        constexpr std::size_t both = parts_of<Key>::size + row_shape<Row>::columns::size;
        if (static_cast<std::size_t>(view.columns()) == both) {
            using beside = key_beside_row<Key, Row>;
            row_decoder<typename beside::type> decoder(view);
            return read_keyed(decoder, read.rows.size(), [&](int) {
                const auto split = [&](typename beside::type&& row) { beside::split(std::move(row), read); };
                return decoder.read(split) ? error() : decoder.failure();
            });
        }
    }
    const key_reader<Key> key_of(view);
    row_decoder<Row> decoder(view);
    if (decoder.open() == mismatch) {
        return decoder.why_mismatch();
    }
    if (error e = key_of.open()) {
        return e;
    }
    return read_keyed(decoder, read.rows.size(), [&](int row) {
        Key key{};
        if (error e = key_of.read(row, key)) {
            return e;
        }
        if (!decoder.append(read.rows)) {
            return decoder.failure();
        }
        read.keys.push_back(std::move(key));
        return error();
    });
}

} // namespace pgcoro::detail
