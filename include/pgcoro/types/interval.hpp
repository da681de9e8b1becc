// SPDX-License-Identifier: BSL-1.0
// interval, as `pgcoro::interval`. An interval without months can also be read into a duration of
// <chrono>.
#pragma once

#include <pgcoro/detail/microseconds.hpp>
#include <pgcoro/pg_type.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace pgcoro {

/// A span of time as in PostgreSQL: months, days and microseconds, each with its own sign. They are not converted into each
/// other, because months have no fixed number of days, nor days of hours.
///
/// Two intervals are equal if all three parts are. (In PostgreSQL "1 month" also equals "30 days".)
struct interval {
    constexpr interval() noexcept = default;
    constexpr explicit interval(std::chrono::microseconds exact_time) noexcept : time(exact_time) {}
    constexpr interval(std::int32_t whole_months, std::int32_t whole_days,
                       std::chrono::microseconds exact_time = std::chrono::microseconds(0)) noexcept
        : months(whole_months), days(whole_days), time(exact_time) {}

    /// PostgreSQL 17 and later have infinite intervals; earlier servers take these for very long finite ones.
    static constexpr interval infinity() noexcept {
        return {std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::max(),
                std::chrono::microseconds(std::numeric_limits<std::int64_t>::max())};
    }
    static constexpr interval minus_infinity() noexcept {
        return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::min(),
                std::chrono::microseconds(std::numeric_limits<std::int64_t>::min())};
    }
    constexpr bool is_infinite() const noexcept { return *this == infinity() || *this == minus_infinity(); }

    std::int32_t months = 0;
    std::int32_t days = 0;
    std::chrono::microseconds time{0};

    friend constexpr bool operator==(const interval&, const interval&) = default;
};

/// As PostgreSQL prints it with its default IntervalStyle, `postgres`: "1 year 2 mons -3 days +04:05:06.7".
std::string to_string(const interval& value);

template <>
struct pg_type<interval> {
    static constexpr std::string_view name = "pgcoro::interval";
    static constexpr oid_number oid = oids::interval;
    static constexpr oid_number array_oid = oids::interval_array;

    static void encode(const interval& value, value_writer& out);
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number, value_bytes bytes, interval& out) noexcept;
};

namespace detail {

/// Gives microseconds. `errc::value_out_of_range` if there are months, or if the microseconds do not fit 64 bits.
errc decode_duration(value_bytes bytes, std::int64_t& microseconds) noexcept;

} // namespace detail

/// std::chrono::hours, minutes, seconds and finer units. They are sent as microseconds; finer units are rounded down.
///
/// Reading loses nothing: a value that is not a whole number of these units is `errc::value_out_of_range`, and so is one with
/// months, which have no fixed length. A day counts as 24 hours, as in `extract(epoch from ...)`: the server makes days of
/// hours when it subtracts timestamps. For a parameter of days write `interval(0, 1)`.
template <class Rep, class Period>
    requires detail::countable<std::chrono::duration<Rep, Period>>
struct pg_type<std::chrono::duration<Rep, Period>> {
    using duration = std::chrono::duration<Rep, Period>;
    static constexpr std::string_view name = "std::chrono::duration";
    static constexpr oid_number oid = oids::interval;
    static constexpr oid_number array_oid = oids::interval_array;

    static void encode(duration value, value_writer& out) {
        std::int64_t microseconds = 0;
        if (!detail::to_microseconds(value, microseconds)) {
            return out.fail(errc::value_out_of_range);
        }
        pg_type<interval>::encode(interval(std::chrono::microseconds(microseconds)), out);
    }
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number, value_bytes bytes, duration& out) noexcept {
        std::int64_t microseconds = 0;
        if (const errc failure = detail::decode_duration(bytes, microseconds); failure != errc{}) {
            return failure;
        }
        return detail::from_microseconds(microseconds, out) ? errc{} : errc::value_out_of_range;
    }
};

} // namespace pgcoro
