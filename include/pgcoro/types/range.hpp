// SPDX-License-Identifier: BSL-1.0
// Ranges as pgcoro::range<T>.
//
// | PostgreSQL | C++                                                 |
// |------------|-----------------------------------------------------|
// | int4range  | range<std::int32_t>                                 |
// | int8range  | range<std::int64_t>                                 |
// | numrange   | range<T> for a T that is sent as numeric            |
// | tsrange    | range<std::chrono::local_time<D>>                   |
// | tstzrange  | range<std::chrono::sys_time<D>>                     |
// | daterange  | range<sys_days>, range<year_month_day> of <chrono>  |
// | your own   | range<T> with `range_traits<T>`                     |
#pragma once

#include <pgcoro/detail/joined_name.hpp>
#include <pgcoro/detail/range_format.hpp>
#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/pg_type.hpp>
#include <pgcoro/range.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

namespace pgcoro {

/// Customisation point: the user-defined range type that a range<T> is sent as. A specialisation has
/// `static constexpr std::string_view sql_name`, the range type's name in SQL, and, if multiranges are sent, too,
/// `multirange_sql_name`.
///
///     template <>
///     struct pgcoro::range_traits<double> {
///         static constexpr std::string_view sql_name = "floatrange";
///     };
///
/// Reading needs no specialisation: every range type whose bounds can be read into T can be read into range<T>.
template <class T>
struct range_traits {};

namespace detail {

template <class T>
concept user_range = requires {
    { range_traits<T>::sql_name } -> std::convertible_to<std::string_view>;
};
template <class T>
concept built_in_range = !user_range<T> && requires { requires range_family_of(pg_type<T>::oid).range != oids::unspecified; };

/// The type that a range<T> is sent as; none if it can only be read.
template <class T>
struct range_number {
    static constexpr type_reference reference{};
};
template <user_range T>
struct range_number<T> {
    static constexpr std::string_view sql_name = range_traits<T>::sql_name;
};
template <built_in_range T>
struct range_number<T> {
    static constexpr oid_number oid = range_family_of(pg_type<T>::oid).range;
    static constexpr oid_number array_oid = range_family_of(pg_type<T>::oid).range_array;
};

template <class T>
concept sendable_range = encodable<T> && (user_range<T> || built_in_range<T>);

template <class T>
void encode_bound(const range_bound<T>& bound, value_writer& out) {
    if (bound.value()) {
        const auto start = out.begin_nested();
        pg_type<T>::encode(*bound.value(), out);
        out.end_nested(start);
    }
}

template <class T>
constexpr std::uint8_t flags_of(const range<T>& r) noexcept {
    using namespace range_flags;
    if (r.is_empty()) {
        return empty;
    }
    const auto lower = r.lower().is_infinite() ? lower_infinite : r.lower().is_inclusive() ? lower_inclusive : 0;
    const auto upper = r.upper().is_infinite() ? upper_infinite : r.upper().is_inclusive() ? upper_inclusive : 0;
    return static_cast<std::uint8_t>(lower | upper);
}

template <class T>
errc decode_bound(oid_number type, bool is_infinite, bool is_inclusive, value_bytes bytes, range_bound<T>& out,
                  const type_catalogue& types) {
    if (is_infinite) {
        return {};
    }
    T value{};
    const errc failure = decode_value(type, bytes, value, types);
    out = {std::move(value), is_inclusive};
    return failure;
}

template <class T>
struct range_name {
    static constexpr std::string_view start = "pgcoro::range<", end = ">";
    static constexpr std::string_view value = joined_name<start, pg_type<T>::name, end>::value;
};

} // namespace detail

/// Can be read if T can, from every range whose bounds can be read into T.
template <class T>
    requires encodable<T> || decodable<T>
struct pg_type<range<T>> : detail::range_number<T> {
    static constexpr std::string_view name = detail::range_name<T>::value;

    static void encode(const range<T>& value, value_writer& out)
        requires detail::sendable_range<T>
    {
        out.put(detail::flags_of(value));
        detail::encode_bound(value.lower(), out);
        detail::encode_bound(value.upper(), out);
    }

    static bool accepts(oid_number column, const detail::type_catalogue& types = detail::built_in_types()) noexcept
        requires decodable<T>
    {
        return detail::read_inside_as<T>(types.subtype(column), types) != oids::unspecified;
    }

    static errc decode(oid_number column, value_bytes bytes, range<T>& out,
                       const detail::type_catalogue& types = detail::built_in_types())
        requires decodable<T>
    {
        using namespace detail::range_flags;
        detail::range_parts parts;
        if (!detail::split_range(bytes, parts)) {
            return errc::malformed_value;
        }
        if (parts.has(empty)) {
            out = {};
            return {};
        }
        const oid_number type = types.base(types.subtype(column));
        range_bound<T> lower;
        range_bound<T> upper;
        errc failure =
            detail::decode_bound(type, parts.has(lower_infinite), parts.has(lower_inclusive), parts.lower, lower, types);
        if (failure == errc{}) {
            failure =
                detail::decode_bound(type, parts.has(upper_infinite), parts.has(upper_inclusive), parts.upper, upper, types);
        }
        out = {std::move(lower), std::move(upper)};
        return failure;
    }
};

} // namespace pgcoro
