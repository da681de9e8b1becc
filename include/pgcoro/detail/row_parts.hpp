// SPDX-License-Identifier: BSL-1.0
// The parts of a row: columns, structs of columns that stand together, and such structs that may be missing.
#pragma once

#include <pgcoro/detail/column_list.hpp>
#include <pgcoro/detail/row_plan.hpp>
#include <pgcoro/pg_type.hpp>
#include <pgcoro/read_by_name.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgcoro {

template <class T>
struct row_traits;

namespace detail {

template <class Row>
struct row_shape;

template <class Row>
concept has_row_traits = requires { typename row_traits<Row>::columns; };

template <class Row>
inline constexpr bool is_tuple = false;
template <class First, class... Others>
inline constexpr bool is_tuple<std::tuple<First, Others...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;

/// A struct whose members are columns, or hold them.
template <class T>
concept struct_row = std::is_aggregate_v<T> && std::is_class_v<T> && !std::is_empty_v<T> && !has_row_traits<T> &&
                     !readable_column<T> && !is_view<T>;

/// One that is missing where all of its columns are NULL, as an outer join has it.
template <class T>
concept optional_struct = is_optional<T> && struct_row<without_optional_t<T>>;

/// A column.
template <class T>
struct row_part {
    using columns = column_list<T>;
    static constexpr bool is_column = true;
    static constexpr bool by_name = false;

    static constexpr void place(column_place* out, column_range where) { *out = {{}, {}, where}; }
    template <class Reader>
    static T make(Reader& reader, std::size_t column = 0) {
        return reader.template take<T>(column);
    }
    template <class Reader>
    static void read(Reader& reader, std::size_t column, T& out) {
        reader.read(column, out);
    }
};

template <struct_row T>
struct row_part<T> : row_shape<T> {
    static constexpr bool is_column = false;

    template <class Reader>
    static void read(Reader& reader, std::size_t first, T& out) {
        out = row_shape<T>::make(reader, first);
    }
};

template <optional_struct T>
struct row_part<T> {
    using whole = row_shape<without_optional_t<T>>;
    using columns = typename whole::columns;
    static constexpr bool is_column = false;
    static constexpr bool by_name = whole::by_name;

    static constexpr void place(column_place* out, column_range where) { whole::place(out, where); }
    template <class Reader>
    static T make(Reader& reader, std::size_t first = 0) {
        return reader.all_null(first, columns::size) ? T() : T(whole::make(reader, first));
    }
    template <class Reader>
    static void read(Reader& reader, std::size_t first, T& out) {
        out = make(reader, first);
    }
};

/// The parts of a row in order.
template <class... Parts>
struct part_list {
    using columns = joined_columns<typename row_part<Parts>::columns...>;

    /// Where each part's columns begin.
    static constexpr auto offsets = [] {
        std::array<std::size_t, sizeof...(Parts)> starts{};
        std::size_t* start = starts.data();
        std::size_t column = 0;
        ((*start++ = column, column += row_part<Parts>::columns::size), ...);
        return starts;
    }();
};

} // namespace detail
} // namespace pgcoro
