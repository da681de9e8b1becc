// SPDX-License-Identifier: BSL-1.0
// The columns of a row type as a list of C++ types.
#pragma once

#include <pgcoro/detail/row_plan.hpp>
#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace pgcoro::detail {

/// Looks into memory that it does not own.
template <class T>
inline constexpr bool is_view = false;
template <class T>
inline constexpr bool is_view<std::optional<T>> = is_view<T>;
template <class Char, class Traits>
inline constexpr bool is_view<std::basic_string_view<Char, Traits>> = true;
template <class T, std::size_t Size>
inline constexpr bool is_view<std::span<T, Size>> = true;
template <class Char>
inline constexpr bool is_view<const Char*> = true;

template <class... Columns>
struct column_list {
    static constexpr std::size_t size = sizeof...(Columns);
    static constexpr bool readable = (readable_column<Columns> && ...);
    static constexpr bool all_text = (text_type<without_optional_t<Columns>> && ...);
    static constexpr bool has_view = (is_view<Columns> || ...);

    /// What a result is compared with; only for a readable list.
    static constexpr column_requirement requirements[size] = {requirement_for<Columns>()...};
};

template <class... A, class... B>
column_list<A..., B...> operator+(column_list<A...>, column_list<B...>);

template <class... Lists>
struct join_columns {
    using type = decltype((Lists() + ...));
};
template <class... Columns>
struct join_columns<column_list<Columns>...> {
    using type = column_list<Columns...>; // the usual case at once
};

template <class... Lists>
using joined_columns = typename join_columns<Lists...>::type;

} // namespace pgcoro::detail
