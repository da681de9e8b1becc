// SPDX-License-Identifier: BSL-1.0
// Which columns a row type has, and how a row of them is read: scalar, tuple, struct, or what `row_traits` says.
#pragma once

#include <pgcoro/detail/row_reader.hpp>
#include <pgcoro/row_traits.hpp>

#include <boost/pfr/core.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgcoro::detail {

template <class Row>
concept has_row_traits = requires { typename row_traits<Row>::columns; };

template <class Row>
inline constexpr bool is_tuple = false;
template <class First, class... Others>
inline constexpr bool is_tuple<std::tuple<First, Others...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;

template <class Row>
concept scalar_row = readable_column<Row> && !has_row_traits<Row> && !is_tuple<Row>;
template <class Row>
concept tuple_row = is_tuple<Row> && !has_row_traits<Row>;
template <class Row>
concept struct_row =
    std::is_aggregate_v<Row> && std::is_class_v<Row> && !std::is_empty_v<Row> && !has_row_traits<Row> && !readable_column<Row>;

template <class Tuple>
struct columns_of;
template <class... Columns>
struct columns_of<std::tuple<Columns...>> {
    using type = column_list<Columns...>;
};
template <class A, class B>
struct columns_of<std::pair<A, B>> {
    using type = column_list<A, B>;
};

template <class Row>
struct row_shape {
    static_assert(std::is_void_v<Row> && !std::is_void_v<Row>,
                  "pgcoro: no pg_type<...> and no row_traits<...>: this type can be read neither from a column nor from a row");
};

template <scalar_row Row>
struct row_shape<Row> {
    using columns = column_list<Row>;
    template <class Reader>
    static Row make(Reader& reader) {
        return reader.template take<Row>(0);
    }
};

/// Makes a `Row` of its columns, in order.
template <class Row, class Columns, class Indices>
struct positional_row;
template <class Row, class... Columns, std::size_t... I>
struct positional_row<Row, column_list<Columns...>, std::index_sequence<I...>> {
    using columns = column_list<Columns...>;
    template <class Reader>
    static Row make(Reader& reader) {
        return Row{reader.template take<Columns>(I)...};
    }
};

template <tuple_row Row>
struct row_shape<Row> : positional_row<Row, typename columns_of<Row>::type, std::make_index_sequence<std::tuple_size_v<Row>>> {
};

template <class Row, class Indices = std::make_index_sequence<boost::pfr::tuple_size_v<Row>>>
struct fields_of;
template <class Row, std::size_t... I>
struct fields_of<Row, std::index_sequence<I...>> {
    using indices = std::index_sequence<I...>;
    using type = column_list<boost::pfr::tuple_element_t<I, Row>...>;
};

template <struct_row Row>
struct row_shape<Row> : positional_row<Row, typename fields_of<Row>::type, typename fields_of<Row>::indices> {};

template <has_row_traits Row>
struct row_shape<Row> {
    using values = typename row_traits<Row>::columns;
    using columns = typename columns_of<values>::type;

    /// A Row, or a result<Row> that may refuse the values. Only for values that could all be read.
    static auto make(values&& all) {
        return std::apply([](auto&... value) { return row_traits<Row>::make(std::move(value)...); }, all);
    }
};

} // namespace pgcoro::detail
