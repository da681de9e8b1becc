// SPDX-License-Identifier: BSL-1.0
// interval.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

namespace pgcoro {

/// A span of time as PostgreSQL has it: months, days and microseconds, each with a sign of its own and none converted into
/// another, for a month has no fixed number of days, nor a day of hours. So it is no std::chrono duration.
///
/// Two are equal if all three parts are. (For PostgreSQL also "1 month" equals "30 days".)
struct interval {
    constexpr interval() noexcept = default;
    constexpr explicit interval(std::chrono::microseconds exact_time) noexcept : time(exact_time) {}
    constexpr interval(std::int32_t whole_months, std::int32_t whole_days,
                       std::chrono::microseconds exact_time = std::chrono::microseconds(0)) noexcept
        : months(whole_months), days(whole_days), time(exact_time) {}

    /// PostgreSQL 17 and later know infinite ones; earlier servers take these for very long finite ones.
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

template <>
struct pg_type<interval> {
    static constexpr std::string_view name = "pgcoro::interval";
    static constexpr oid_number oid = oids::interval;
    static constexpr oid_number array_oid = oids::interval_array;

    static void encode(const interval& value, value_writer& out);
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number, value_bytes bytes, interval& out) noexcept;
};

} // namespace pgcoro
