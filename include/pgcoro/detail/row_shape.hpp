// SPDX-License-Identifier: BSL-1.0
// Which columns a row type has, and how a row of them is read: scalar, tuple, struct, or what `row_traits` says.
#pragma once

#include <pgcoro/detail/cpp_name.hpp>
#include <pgcoro/detail/row_parts.hpp>
#include <pgcoro/row_traits.hpp>

#include <boost/pfr/core.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgcoro::detail {

template <class Row>
concept scalar_row = readable_column<Row> && !has_row_traits<Row> && !is_tuple<Row>;
template <class Row>
concept tuple_row = is_tuple<Row> && !has_row_traits<Row>;

template <class Row>
struct row_shape {
    static_assert(
        std::is_void_v<Row> && !std::is_void_v<Row>,
        "pgcoro: this type can be read neither from a column nor from a row: include its header, <pgcoro/types/...> or "
        "<pgcoro/types.hpp>, or specialise pg_type<...> or row_traits<...> for it");
};

template <scalar_row Row>
struct row_shape<Row> : row_part<Row> {};

template <optional_struct Row>
struct row_shape<Row> : row_part<Row> {};

/// Has a shape only so that `row_decoder` can say why it is refused.
template <class Row>
    requires is_view<Row>
struct row_shape<Row> : row_part<Row> {};

/// Makes a `Row` of its parts, in order.
template <class Row, class Parts, class Indices>
struct positional_row;
template <class Row, class... Parts, std::size_t... I>
struct positional_row<Row, part_list<Parts...>, std::index_sequence<I...>> {
    using parts = part_list<Parts...>;
    using columns = typename parts::columns;
    static constexpr bool by_name = (row_part<Parts>::by_name || ...);

    static constexpr void place(column_place* out, column_range where) {
        (row_part<Parts>::place(out + parts::offsets[I], {where.first + parts::offsets[I], row_part<Parts>::columns::size}),
         ...);
    }
    template <class Reader>
    static Row make(Reader& reader, std::size_t first = 0) {
        return Row{row_part<Parts>::make(reader, first + parts::offsets[I])...};
    }
    /// Only for rows whose parts are columns.
    template <class Reader>
    static void refill(Reader& reader, Row& row) {
        if constexpr (is_tuple<Row>) {
            (reader.refill(I, std::get<I>(row)), ...);
        } else {
            (reader.refill(I, boost::pfr::get<I>(row)), ...);
        }
    }
};

template <class Tuple>
struct parts_of_tuple;
template <class... Parts>
struct parts_of_tuple<std::tuple<Parts...>> {
    using type = part_list<Parts...>;
};
template <class A, class B>
struct parts_of_tuple<std::pair<A, B>> {
    using type = part_list<A, B>;
};

template <tuple_row Row>
struct row_shape<Row>
    : positional_row<Row, typename parts_of_tuple<Row>::type, std::make_index_sequence<std::tuple_size_v<Row>>> {};

template <class Row, class Indices = std::make_index_sequence<boost::pfr::tuple_size_v<Row>>>
struct fields_of;
template <class Row, std::size_t... I>
struct fields_of<Row, std::index_sequence<I...>> {
    using indices = std::index_sequence<I...>;
    using type = part_list<boost::pfr::tuple_element_t<I, Row>...>;
};

template <struct_row Row>
    requires(!read_by_name<Row>)
struct row_shape<Row> : positional_row<Row, typename fields_of<Row>::type, typename fields_of<Row>::indices> {};

/// In <pgcoro/rows_by_name.hpp>.
template <class Struct>
struct named_members;

/// Fills a `Row`'s members where they are. What is no named member keeps its default.
template <struct_row Row>
    requires(read_by_name<Row>)
struct row_shape<Row> {
    static_assert(
        requires { sizeof(named_members<Row>); }, "pgcoro: to read structs by name, include <pgcoro/rows_by_name.hpp>");
    static_assert(std::default_initializable<Row>, "pgcoro: a struct that is read by name is default-constructed first");

    using members = named_members<Row>;
    using columns = typename members::template types<part_list>::columns;
    static constexpr bool by_name = true;

    static constexpr void place(column_place* out, column_range where) {
        members::each([&]<class Member>(std::string_view name) {
            if constexpr (row_part<Member>::is_column) {
                *out = {name, cpp_name<Row>(), where};
            } else {
                static_assert(read_by_name<without_optional_t<Member>>,
                              "pgcoro: a struct in a struct that is read by name needs names, too: BOOST_DESCRIBE_STRUCT it");
                row_part<Member>::place(out, where);
            }
            out += row_part<Member>::columns::size;
        });
    }
    template <class Reader>
    static Row make(Reader& reader, std::size_t first = 0) {
        Row row{};
        members::each_of(row, [&]<class Member>(Member& member) {
            static_assert(!std::is_const_v<Member>, "pgcoro: a const member cannot be read by name");
            row_part<Member>::read(reader, first, member);
            first += row_part<Member>::columns::size;
        });
        return row;
    }
};

template <has_row_traits Row>
struct row_shape<Row> {
    using values = typename row_traits<Row>::columns;
    using columns = typename row_shape<values>::columns;
    static constexpr bool by_name = row_shape<values>::by_name;

    static constexpr void place(column_place* out, column_range where) { row_shape<values>::place(out, where); }

    /// A Row, or a result<Row> that may refuse the values. Only for values that could all be read.
    static auto make(values&& all) {
        return std::apply([](auto&... value) { return row_traits<Row>::make(std::move(value)...); }, all);
    }
};

} // namespace pgcoro::detail
