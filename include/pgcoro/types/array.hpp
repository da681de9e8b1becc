// SPDX-License-Identifier: BSL-1.0
// Arrays of one dimension as std::vector<T>, or std::vector<std::optional<T>> where elements may be NULL; std::span<const T> as
// a parameter.
#pragma once

#include <pgcoro/detail/array_format.hpp>
#include <pgcoro/detail/joined_name.hpp>
#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro {
namespace detail {

/// What an array can be made of: a type with an array type, which arrays themselves have not.
template <class T>
concept array_element = requires { pg_type<without_optional_t<T>>::array_oid; };

template <array_element T>
struct array_name {
    static constexpr std::string_view vector = "std::vector<", vector_of_optional = "std::vector<std::optional<";
    static constexpr std::string_view end = ">", two_ends = ">>";
    using joined =
        std::conditional_t<is_optional<T>, joined_name<vector_of_optional, pg_type<without_optional_t<T>>::name, two_ends>,
                           joined_name<vector, pg_type<without_optional_t<T>>::name, end>>;
    static constexpr std::string_view value = joined::value;
};

template <class T>
bool is_null_element(const T& element) noexcept {
    if constexpr (is_optional<T>) {
        return !element;
    } else {
        return false;
    }
}

template <class T>
const without_optional_t<T>& value_of_element(const T& element) noexcept {
    if constexpr (is_optional<T>) {
        return *element;
    } else {
        return element;
    }
}

template <class T, class Elements>
void encode_array(const Elements& elements, value_writer& out) {
    using type = pg_type<without_optional_t<T>>;
    bool has_nulls = false;
    if constexpr (is_optional<T>) {
        for (const T& element : elements) {
            has_nulls = has_nulls || is_null_element(element);
        }
    }
    write_array_header(elements.size(), has_nulls, type::oid, out);
    for (const T& element : elements) {
        if (is_null_element(element)) {
            out.put_nested_null();
        } else {
            const auto start = out.begin_nested();
            type::encode(value_of_element(element), out);
            out.end_nested(start);
        }
    }
}

template <class T>
errc decode_array(value_bytes bytes, std::vector<T>& out) {
    using type = pg_type<without_optional_t<T>>;
    array_reader reader(bytes);
    if (const errc failure = reader.open(); failure != errc{}) {
        return failure;
    }
    if (!type::accepts(reader.element_type())) {
        return errc::malformed_value;
    }
    out.clear();
    out.reserve(reader.size());
    for (std::size_t i = 0; i < reader.size(); ++i) {
        value_bytes element;
        bool is_null = false;
        if (!reader.next(element, is_null)) {
            return errc::malformed_value;
        }
        if (is_null) {
            if constexpr (is_optional<T>) {
                out.emplace_back();
                continue;
            } else {
                return errc::unexpected_null;
            }
        }
        without_optional_t<T> value{};
        if (const errc failure = type::decode(reader.element_type(), element, value); failure != errc{}) {
            return failure;
        }
        out.push_back(std::move(value));
    }
    return reader.at_end() ? errc{} : errc::malformed_value;
}

} // namespace detail

/// Can be sent if T can, and read if T can. An array of more than one dimension is `errc::value_out_of_range`, a NULL element
/// where T is no std::optional `errc::unexpected_null`. Where the first index is not 1, that is forgotten.
///
/// A vector of text is sent as text[]; where another type is needed, say so in the SQL: `any($1::uuid[])`.
template <detail::array_element T>
struct pg_type<std::vector<T>> {
    using element = pg_type<detail::without_optional_t<T>>;
    static constexpr std::string_view name = detail::array_name<T>::value;
    static constexpr oid_number oid = element::array_oid;

    static void encode(const std::vector<T>& value, value_writer& out)
        requires encodable<detail::without_optional_t<T>>
    {
        detail::encode_array<T>(value, out);
    }

    static bool accepts(oid_number column) noexcept
        requires decodable<detail::without_optional_t<T>>
    {
        return element::accepts(array_element(column));
    }
    static errc decode(oid_number, value_bytes bytes, std::vector<T>& out)
        requires decodable<detail::without_optional_t<T>>
    {
        return detail::decode_array(bytes, out);
    }
};

template <class T>
    requires detail::array_element<std::remove_const_t<T>>
struct pg_type<std::span<T>> {
    static constexpr std::string_view name = "std::span";
    static constexpr oid_number oid = pg_type<detail::without_optional_t<std::remove_const_t<T>>>::array_oid;

    static void encode(std::span<const T> value, value_writer& out)
        requires encodable<detail::without_optional_t<std::remove_const_t<T>>>
    {
        detail::encode_array<std::remove_const_t<T>>(value, out);
    }
};

} // namespace pgcoro
