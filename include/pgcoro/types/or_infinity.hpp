// SPDX-License-Identifier: BSL-1.0
// Dates and timestamps that may be PostgreSQL's `infinity` or `-infinity`, which the types of <chrono> cannot hold.
#pragma once

#include <pgcoro/detail/joined_name.hpp>
#include <pgcoro/types/date_time.hpp>

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

namespace pgcoro {

/// A date or timestamp as `Time`, or one of the infinities, such as the end of something valid forever. Ordered as in
/// PostgreSQL: `-infinity`, then all finite values, then `infinity`.
template <class Time>
class or_infinity {
public:
    constexpr or_infinity() noexcept = default;
    constexpr or_infinity(Time finite) noexcept : time_(finite) {}

    static constexpr or_infinity infinity() noexcept { return or_infinity(1); }
    static constexpr or_infinity minus_infinity() noexcept { return or_infinity(-1); }

    constexpr bool is_infinity() const noexcept { return sign_ > 0; }
    constexpr bool is_minus_infinity() const noexcept { return sign_ < 0; }
    constexpr bool is_finite() const noexcept { return sign_ == 0; }

    /// Not set for an infinity.
    constexpr std::optional<Time> finite() const noexcept { return is_finite() ? std::optional<Time>(time_) : std::nullopt; }
    constexpr Time value_or(Time otherwise) const noexcept { return is_finite() ? time_ : otherwise; }

    friend constexpr bool operator==(const or_infinity&, const or_infinity&) = default;
    friend constexpr auto operator<=>(const or_infinity&, const or_infinity&) = default;

private:
    constexpr explicit or_infinity(int sign) noexcept : sign_(sign) {}

    int sign_ = 0; // of the infinity; 0 if finite
    Time time_{};
};

namespace detail {

template <class Time>
struct or_infinity_name {
    static constexpr std::string_view start = "pgcoro::or_infinity<", end = ">";
    static constexpr std::string_view value = joined_name<start, pg_type<Time>::name, end>::value;
};

} // namespace detail

/// Finite values are sent and read like a `Time`.
template <class Time>
    requires(pg_type<Time>::oid == oids::date || pg_type<Time>::oid == oids::timestamp ||
             pg_type<Time>::oid == oids::timestamptz)
struct pg_type<or_infinity<Time>> {
    static constexpr std::string_view name = detail::or_infinity_name<Time>::value;
    static constexpr oid_number oid = pg_type<Time>::oid;
    static constexpr oid_number array_oid = pg_type<Time>::array_oid;

    static void encode(const or_infinity<Time>& value, value_writer& out) {
        if (const auto finite = value.finite()) {
            return pg_type<Time>::encode(*finite, out);
        }
        out.put(static_cast<std::make_unsigned_t<wire>>(value.is_infinity() ? limits::max() : limits::min()));
    }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number column, value_bytes bytes, or_infinity<Time>& out) noexcept
        requires decodable<Time>
    {
        if (bytes.size() != sizeof(wire)) {
            return errc::malformed_value;
        }
        const auto sent = static_cast<wire>(detail::load_big_endian<std::make_unsigned_t<wire>>(bytes.data()));
        if (sent == limits::max() || sent == limits::min()) {
            out = sent > 0 ? or_infinity<Time>::infinity() : or_infinity<Time>::minus_infinity();
            return {};
        }
        Time finite{};
        const errc failure = pg_type<Time>::decode(column, bytes, finite);
        out = finite;
        return failure;
    }

private:
    using wire = std::conditional_t<oid == oids::date, std::int32_t, std::int64_t>;
    using limits = std::numeric_limits<wire>;
};

} // namespace pgcoro
