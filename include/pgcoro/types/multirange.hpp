// SPDX-License-Identifier: BSL-1.0
// Multiranges as pgcoro::multirange<T>, for every T that has ranges (see <pgcoro/types/range.hpp>).
#pragma once

#include <pgcoro/detail/joined_name.hpp>
#include <pgcoro/detail/range_format.hpp>
#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/pg_type.hpp>
#include <pgcoro/types/range.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace pgcoro {

/// Any number of ranges. The server sends them in order, not empty and with gaps between them; it converts what it receives to
/// that form.
template <class T>
struct multirange {
    std::vector<range<T>> ranges;

    bool contains(const T& value) const {
        for (const auto& r : ranges) {
            if (r.contains(value)) {
                return true;
            }
        }
        return false;
    }

    friend bool operator==(const multirange&, const multirange&) = default;
};

namespace detail {

template <class T>
concept user_multirange = user_range<T> && requires {
    { range_traits<T>::multirange_sql_name } -> std::convertible_to<std::string_view>;
};

/// The type that a multirange<T> is sent as; none if it can only be read.
template <class T>
struct multirange_number {
    static constexpr type_reference reference{};
};
template <user_multirange T>
struct multirange_number<T> {
    static constexpr std::string_view sql_name = range_traits<T>::multirange_sql_name;
};
template <built_in_range T>
struct multirange_number<T> {
    static constexpr oid_number oid = range_family_of(pg_type<T>::oid).multirange;
    static constexpr oid_number array_oid = range_family_of(pg_type<T>::oid).multirange_array;
};

template <class T>
concept sendable_multirange = encodable<T> && (user_multirange<T> || built_in_range<T>);

template <class T>
struct multirange_name {
    static constexpr std::string_view start = "pgcoro::multirange<", end = ">";
    static constexpr std::string_view value = joined_name<start, pg_type<T>::name, end>::value;
};

} // namespace detail

/// Can be read if T can, from every multirange whose bounds can be read into T.
template <class T>
    requires encodable<T> || decodable<T>
struct pg_type<multirange<T>> : detail::multirange_number<T> {
    static constexpr std::string_view name = detail::multirange_name<T>::value;

    static void encode(const multirange<T>& value, value_writer& out)
        requires detail::sendable_multirange<T>
    {
        if (value.ranges.size() > value_writer::max_size) {
            return out.fail(errc::value_too_large);
        }
        out.put(static_cast<std::uint32_t>(value.ranges.size()));
        for (const auto& r : value.ranges) {
            const auto start = out.begin_nested();
            pg_type<range<T>>::encode(r, out);
            out.end_nested(start);
        }
    }

    static bool accepts(oid_number column, const detail::type_catalogue& types = detail::built_in_types()) noexcept
        requires decodable<T>
    {
        return pg_type<range<T>>::accepts(types.subtype(column), types);
    }

    static errc decode(oid_number column, value_bytes bytes, multirange<T>& out,
                       const detail::type_catalogue& types = detail::built_in_types())
        requires decodable<T>
    {
        detail::multirange_reader reader(bytes);
        if (!reader.open()) {
            return errc::malformed_value;
        }
        const oid_number range_type = types.subtype(column);
        out.ranges.clear();
        out.ranges.reserve(reader.size());
        for (std::size_t i = 0; i < reader.size(); ++i) {
            value_bytes one;
            if (!reader.next(one)) {
                return errc::malformed_value;
            }
            range<T> r;
            if (const errc failure = pg_type<range<T>>::decode(range_type, one, r, types); failure != errc{}) {
                return failure;
            }
            out.ranges.push_back(std::move(r));
        }
        return reader.at_end() ? errc{} : errc::malformed_value;
    }
};

} // namespace pgcoro
