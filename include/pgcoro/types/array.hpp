// SPDX-License-Identifier: BSL-1.0
// Arrays as std::vector and std::array, nested for more than one dimension; std::span and other containers as parameters.
// <pgcoro/types/array_with_bounds.hpp> has a type that also keeps the lower bounds.
#pragma once

#include <pgcoro/detail/array_codec.hpp>
#include <pgcoro/detail/joined_name.hpp>
#include <pgcoro/pg_type.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro {
namespace detail {

/// The name of an element type, or of a nested container.
template <class T>
struct part_name {
    static constexpr std::string_view value = pg_type<T>::name;
};
template <class T>
struct part_name<std::optional<T>> {
    static constexpr std::string_view start = "std::optional<", end = ">";
    static constexpr std::string_view value = joined_name<start, pg_type<T>::name, end>::value;
};

template <class T>
struct vector_name {
    static constexpr std::string_view start = "std::vector<", end = ">";
    static constexpr std::string_view value = joined_name<start, part_name<T>::value, end>::value;
};

template <class T, std::size_t Size>
struct std_array_name {
    static constexpr auto digits = [] {
        std::array<char, 20> written{};
        std::size_t at = written.size();
        for (auto rest = Size; at == written.size() || rest != 0; rest /= 10) {
            written[--at] = static_cast<char>('0' + rest % 10);
        }
        return std::pair(written, at);
    }();
    static constexpr std::string_view start = "std::array<", middle = ", ", end = ">";
    static constexpr std::string_view size{digits.first.data() + digits.second, digits.first.size() - digits.second};
    static constexpr std::string_view value = joined_name<start, part_name<T>::value, middle, size, end>::value;
};

template <class Container, class T>
concept container_of = std::same_as<typename Container::value_type, T> &&
                       !std::convertible_to<const Container&, std::string_view> && requires(const Container& c) {
                           c.begin();
                           c.end();
                           { c.size() } -> std::convertible_to<std::size_t>;
                       };

} // namespace detail

/// Can be sent if the elements can, and read if they can. T is a type with `pg_type`, std::optional of one if elements may be
/// NULL, or another vector or std::array, for arrays of 2 to 6 dimensions.
///
/// Errors when reading: `errc::unexpected_null` for a NULL element if T is not a std::optional, `errc::value_out_of_range` for
/// an array with a different number of dimensions. An empty array has none and always fits. A lower bound other than 1 is lost.
/// Errors when sending: `errc::value_out_of_range` for nested vectors of different lengths.
///
/// A vector of text is sent as text[]. If the statement needs another type, name it in the SQL: `any($1::uuid[])`.
template <detail::array_part T, class Allocator>
struct pg_type<std::vector<T, Allocator>> : detail::array_codec<std::vector<T, Allocator>> {
    static constexpr std::string_view name = detail::vector_name<T>::value;
};

/// Like std::vector. An array of another size is `errc::value_out_of_range`.
template <detail::array_part T, std::size_t Size>
struct pg_type<std::array<T, Size>> : detail::array_codec<std::array<T, Size>> {
    static constexpr std::string_view name = detail::std_array_name<T, Size>::value;
};

/// Can be sent, but not read.
template <class T, std::size_t Extent>
    requires detail::array_part<std::remove_const_t<T>>
struct pg_type<std::span<T, Extent>> : detail::array_encoder<std::span<T, Extent>> {
    static constexpr std::string_view name = "std::span";
};

/// std::deque, std::list, std::set, std::initializer_list and containers with similar template parameters can be sent.
template <template <class, class...> class Container, detail::array_part T, class... Others>
    requires detail::container_of<Container<T, Others...>, T>
struct pg_type<Container<T, Others...>> : detail::array_encoder<Container<T, Others...>> {
    static constexpr std::string_view name = "a container";
};

} // namespace pgcoro
