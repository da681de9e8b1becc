// SPDX-License-Identifier: BSL-1.0
// Rows of values for execute_many: what a row is, how many placeholders it fills, and its encoding.
#pragma once

#include <pgcoro/detail/row_shape.hpp>
#include <pgcoro/parameters.hpp>
#include <pgcoro/sql.hpp>

#include <boost/pfr/core.hpp>

#include <cstddef>
#include <iterator>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro::detail {

template <class Row>
concept sent_struct = std::is_aggregate_v<Row> && std::is_class_v<Row> && !is_tuple<Row> && !sendable<Row>;

// The number of arguments is all that the compile-time check of the text needs of them.
template <std::size_t... I>
basic_sql<decltype((void)I, int())...> sql_of(std::index_sequence<I...>);

template <class Row>
constexpr std::size_t row_width() {
    if constexpr (is_tuple<Row>) {
        return std::tuple_size_v<Row>;
    } else if constexpr (sent_struct<Row>) {
        return boost::pfr::tuple_size_v<Row>;
    } else {
        return 1;
    }
}

template <class Range>
using row_of = std::remove_cvref_t<decltype(*std::begin(std::declval<const Range&>()))>;

template <class Row>
struct sql_for_row {
    using type = decltype(sql_of(std::make_index_sequence<row_width<Row>()>()));
};
template <>
struct sql_for_row<parameters> {
    using type = basic_sql<parameters>;
};

template <class Range>
using sql_for_rows = typename sql_for_row<row_of<Range>>::type;

template <class Row>
void encode_row(const Row& row, parameters& empty) {
    const auto fill = [&](auto&... values) { list_of_parameters::fill(empty, values...); };
    if constexpr (std::is_same_v<Row, parameters>) {
        empty = row;
    } else if constexpr (is_tuple<Row>) {
        std::apply(fill, row);
    } else if constexpr (sent_struct<Row>) {
        std::apply(fill, boost::pfr::structure_tie(row));
    } else {
        fill(row);
    }
}

template <class Range>
std::vector<parameters> encode_rows(const Range& rows) {
    std::vector<parameters> encoded;
    if constexpr (requires { std::size(rows); }) {
        encoded.reserve(std::size(rows));
    }
    for (const auto& row : rows) {
        encode_row(row, encoded.emplace_back());
    }
    return encoded;
}

} // namespace pgcoro::detail
