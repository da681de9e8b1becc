// SPDX-License-Identifier: BSL-1.0
// User-defined types that wrap a type the library supports.
#pragma once

#include <pgcoro/detail/cpp_name.hpp>
#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/pg_type.hpp>

namespace pgcoro {
namespace detail {

template <class>
struct member_of;
template <class Whole, class Part>
struct member_of<Part Whole::*> {
    using whole = Whole;
    using part = Part;
};

} // namespace detail

/// A base class of `pg_type<T>` for a T that gives one value of a supported type a name of its own:
///
///     struct user_id {
///         std::int64_t value;
///     };
///     template <>
///     struct pgcoro::pg_type<user_id> : pgcoro::strong_type<&user_id::value> {};
///
/// It is sent and read like the member.
template <auto Member>
struct strong_type : pg_type<typename detail::member_of<decltype(Member)>::part> {
    using whole = typename detail::member_of<decltype(Member)>::whole;
    using part = typename detail::member_of<decltype(Member)>::part;
    static constexpr std::string_view name = detail::cpp_name<whole>();

    static void encode(const whole& value, value_writer& out)
        requires encodable<part>
    {
        pg_type<part>::encode(value.*Member, out);
    }

    static errc store(const whole& value, std::byte* to) noexcept
        requires detail::fixed_size_type<part>
    {
        return pg_type<part>::store(value.*Member, to);
    }

    static errc decode(oid_number column, value_bytes bytes, whole& out, const detail::type_catalogue& types)
        requires decodable<part>
    {
        return detail::decode_value<part>(column, bytes, out.*Member, types);
    }

    static whole make(oid_number, value_bytes, errc&) = delete; // the member's `make` gives another type
};

} // namespace pgcoro
