// SPDX-License-Identifier: BSL-1.0
// `pg_type<T>`: maps a C++ type to a PostgreSQL type, and encodes and decodes its values.
#pragma once

#include <pgcoro/errc.hpp>
#include <pgcoro/oids.hpp>
#include <pgcoro/value_writer.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace pgcoro {

/// The bytes of one value that is not NULL, in the binary format of its type. They come from the server: a decoder must check
/// their number before it reads any.
using value_bytes = std::span<const std::byte>;

/// Customisation point. The specialisations of the library are in <pgcoro/types/...>. A specialisation has
///
/// - `static constexpr std::string_view name`: the C++ type's name, for messages;
/// - `static constexpr oid_number oid`, `array_oid`: the type that a parameter is sent as, alone and in an array;
/// - `static void encode(const T&, value_writer&)`: if it can be a parameter;
/// - `static constexpr bool accepts(oid_number column)`, `static errc decode(oid_number column, value_bytes, T& out)`: if it
///   can be read; `column` is a type that `accepts` allows, and the result is `errc{}`, `errc::malformed_value` or
///   `errc::value_out_of_range`;
/// - optionally `static T make(oid_number column, value_bytes, errc& failure)`, which does the same, for types that are cheaper
///   to create than to assign to;
/// - for a user-defined type, instead of `oid`, `array_oid` and `accepts`: its name in SQL, with or without the schema
///   ("mood", "shop.address"), as `static constexpr std::string_view sql_name`. Each connection asks the server for its number
///   once, and again when that has changed. `decode` may then take a fourth argument, `const detail::type_catalogue&`;
/// - optionally, for values that all have one size, `static constexpr std::size_t fixed_size` and `static errc store(const T&,
///   std::byte* to) noexcept`, which does what `encode` does into that many bytes: COPY then writes rows faster;
/// - optionally `using text_format = void`: the binary format is the text itself. Parameters are sent in the text format
///   without a type, so that the server infers it from the statement.
template <class T>
struct pg_type;

namespace detail {

class type_catalogue;

/// A type whose number only the server knows.
template <class T>
concept named_type = requires {
    { pg_type<T>::sql_name } -> std::convertible_to<std::string_view>;
};

template <class T>
concept decodes_alone = requires(oid_number column, value_bytes bytes, T& out) {
    { pg_type<T>::decode(column, bytes, out) } -> std::same_as<errc>;
};
template <class T>
concept decodes_with_types = requires(oid_number column, value_bytes bytes, T& out, const type_catalogue& types) {
    { pg_type<T>::decode(column, bytes, out, types) } -> std::same_as<errc>;
};
template <class T>
concept accepts_alone = requires(oid_number column) {
    { pg_type<T>::accepts(column) } -> std::same_as<bool>;
};
template <class T>
concept accepts_with_types = requires(oid_number column, const type_catalogue& types) {
    { pg_type<T>::accepts(column, types) } -> std::same_as<bool>;
};

} // namespace detail

/// A type that can be a parameter.
template <class T>
concept encodable = requires(const T& value, value_writer& out) {
    pg_type<T>::name;
    pg_type<T>::encode(value, out);
};

/// A type that can be read from a column.
template <class T>
concept decodable = (detail::named_type<T> || detail::accepts_alone<T> || detail::accepts_with_types<T>) &&
                    (detail::decodes_alone<T> || detail::decodes_with_types<T>);

namespace detail {

template <class T>
concept text_type = requires { typename pg_type<T>::text_format; };

/// A type whose `pg_type` has `store`, for just this type: it may inherit one of a type that a T converts to.
template <class T>
concept fixed_size_type = requires {
    { pg_type<T>::fixed_size } -> std::convertible_to<std::size_t>;
} && (requires { static_cast<errc (*)(T, std::byte*) noexcept>(&pg_type<T>::store); } ||
      requires { static_cast<errc (*)(const T&, std::byte*) noexcept>(&pg_type<T>::store); });

/// A type whose `pg_type` has `make`.
template <class T>
concept makeable = requires(oid_number column, value_bytes bytes, errc& failure) {
    { pg_type<T>::make(column, bytes, failure) } -> std::same_as<T>;
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// T for std::optional<T>, otherwise the type itself.
template <class T>
struct without_optional {
    using type = T;
};
template <class T>
struct without_optional<std::optional<T>> {
    using type = T;
};
template <class T>
using without_optional_t = typename without_optional<T>::type;

/// A type that can be read from a column, or a std::optional of one for NULL.
template <class T>
concept readable_column = decodable<without_optional_t<T>>;

} // namespace detail
} // namespace pgcoro
