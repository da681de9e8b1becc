// SPDX-License-Identifier: BSL-1.0
// Which columns a row type has, and how a row of them is read: scalar, tuple, struct, or what `row_traits` says.
#pragma once

#include <pgcoro/detail/row_reader.hpp>
#include <pgcoro/row_traits.hpp>

#include <boost/pfr/core.hpp>

#include <cstddef>
#include <optional>
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
concept scalar_row = readable_column<Row> && !has_row_traits<Row>;
template <class Row>
concept tuple_row = is_tuple<Row> && !has_row_traits<Row>;
template <class Row>
concept struct_row =
    std::is_aggregate_v<Row> && std::is_class_v<Row> && !std::is_empty_v<Row> && !has_row_traits<Row> && !readable_column<Row>;

/// The columns of a row type as a list of types.
template <class... Columns>
struct column_list {
    static constexpr std::size_t size = sizeof...(Columns);
    static constexpr bool readable = (readable_column<Columns> && ...);

    /// A table of what is wanted, for `check_columns`; only for a readable list.
    static constexpr column_wish wishes[size] = {wish_for<Columns>()...};
};

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

// Reads the elements of a tuple in order.
template <class Tuple>
bool read_tuple(row_reader& reader, Tuple& out) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (reader.read(static_cast<int>(I), std::get<I>(out)) && ...);
    }(std::make_index_sequence<std::tuple_size_v<Tuple>>());
}

template <class Row>
struct row_shape {
    static_assert(std::is_void_v<Row> && !std::is_void_v<Row>,
                  "pgcoro: no pg_type<...> and no row_traits<...>: this type can be read neither from a column nor from a row");
};

template <scalar_row Row>
struct row_shape<Row> {
    using columns = column_list<Row>;
    static bool read(row_reader& reader, Row& out) { return reader.read(0, out); }
};

template <tuple_row Row>
struct row_shape<Row> {
    using columns = typename columns_of<Row>::type;
    static bool read(row_reader& reader, Row& out) { return read_tuple(reader, out); }
};

template <struct_row Row>
struct row_shape<Row> {
    template <class Indices>
    struct fields;
    template <std::size_t... I>
    struct fields<std::index_sequence<I...>> {
        using columns = column_list<boost::pfr::tuple_element_t<I, Row>...>;
        static bool read(row_reader& reader, Row& out) {
            return (reader.read(static_cast<int>(I), boost::pfr::get<I>(out)) && ...);
        }
    };
    using all_fields = fields<std::make_index_sequence<boost::pfr::tuple_size_v<Row>>>;

    using columns = typename all_fields::columns;
    static bool read(row_reader& reader, Row& out) { return all_fields::read(reader, out); }
};

template <has_row_traits Row>
struct row_shape<Row> {
    using values = typename row_traits<Row>::columns;
    using columns = typename columns_of<values>::type;

    static bool read(row_reader& reader, std::optional<Row>& out) {
        values all;
        if (!read_tuple(reader, all)) {
            return false;
        }
        auto made = std::apply([](auto&... value) { return row_traits<Row>::make(std::move(value)...); }, all);
        if constexpr (std::is_same_v<decltype(made), Row>) {
            out.emplace(std::move(made));
            return true;
        } else {
            if (!made) {
                return reader.refuse(std::move(made).error());
            }
            out.emplace(std::move(made).assume_value());
            return true;
        }
    }
};

} // namespace pgcoro::detail
