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
template <class Reader, class Tuple>
bool read_tuple(Reader& reader, Tuple& out) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (reader.read(I, std::get<I>(out)) && ...);
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
    template <class Reader>
    static bool read(Reader& reader, Row& out) {
        return reader.read(0, out);
    }
};

template <tuple_row Row>
struct row_shape<Row> {
    using columns = typename columns_of<Row>::type;
    template <class Reader>
    static bool read(Reader& reader, Row& out) {
        return read_tuple(reader, out);
    }
};

template <struct_row Row>
struct row_shape<Row> {
    template <class Indices>
    struct fields;
    template <std::size_t... I>
    struct fields<std::index_sequence<I...>> {
        using columns = column_list<boost::pfr::tuple_element_t<I, Row>...>;
        template <class Reader>
        static bool read(Reader& reader, Row& out) {
            return (reader.read(I, boost::pfr::get<I>(out)) && ...);
        }
    };
    using all_fields = fields<std::make_index_sequence<boost::pfr::tuple_size_v<Row>>>;

    using columns = typename all_fields::columns;
    template <class Reader>
    static bool read(Reader& reader, Row& out) {
        return all_fields::read(reader, out);
    }
};

template <has_row_traits Row>
struct row_shape<Row> {
    using values = typename row_traits<Row>::columns;
    using columns = typename columns_of<values>::type;

    /// `refusal` is set if the values were read, but make no row.
    template <class Reader>
    static bool read(Reader& reader, std::optional<Row>& out, error& refusal) {
        values all;
        if (!read_tuple(reader, all)) {
            return false;
        }
        auto made = std::apply([](auto&... value) { return row_traits<Row>::make(std::move(value)...); }, all);
        if constexpr (std::is_same_v<decltype(made), Row>) {
            out.emplace(std::move(made));
        } else if (made) {
            out.emplace(std::move(made).assume_value());
        } else {
            refusal = std::move(made).error();
            return false;
        }
        return true;
    }
};

} // namespace pgcoro::detail
