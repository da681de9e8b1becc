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

struct encoded_rows {
    std::vector<parameters> values;
    /// The values of all rows have the same types, and nothing keeps them from being sent.
    bool is_uniform = false;
};

/// The types that its values are sent as do not depend on the values.
template <class Row>
constexpr bool is_uniform_row() {
    if constexpr (is_tuple<Row>) {
        return []<class... Values>(std::type_identity<std::tuple<Values...>>) {
            return (stored_parameter<std::remove_cvref_t<Values>> && ...);
        }(std::type_identity<decltype(std::tuple_cat(std::declval<Row>()))>());
    } else if constexpr (sent_struct<Row>) {
        return is_uniform_row<decltype(boost::pfr::structure_tie(std::declval<const Row&>()))>();
    } else {
        return stored_parameter<Row>;
    }
}

template <class Range>
encoded_rows encode_rows(const Range& rows) {
    constexpr std::size_t large = std::size_t{1} << 20;
    encoded_rows encoded;
    if constexpr (requires { std::size(rows); }) {
        encoded.values.reserve(std::size(rows));
    }
    bool is_uniform = is_uniform_row<row_of<Range>>();
    for (const auto& row : rows) {
        parameters& values = encoded.values.emplace_back();
        encode_row(row, values);
        is_uniform = is_uniform && values.ok() && values.byte_size() < large;
    }
    encoded.is_uniform = is_uniform;
    return encoded;
}

} // namespace pgcoro::detail
