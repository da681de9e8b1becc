// SPDX-License-Identifier: BSL-1.0
// time and timetz (time with time zone), for which <chrono> has no types.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace pgcoro {

/// A time of day: the time since midnight, from 00:00:00 to 24:00:00 (which PostgreSQL tells apart).
/// `time_of_day(13h + 30min)`.
///
/// Any other duration can be held, but not sent: `errc::value_out_of_range`.
class time_of_day {
public:
    constexpr time_of_day() noexcept = default;
    constexpr explicit time_of_day(std::chrono::microseconds since_midnight) noexcept : since_midnight_(since_midnight) {}

    constexpr std::chrono::microseconds since_midnight() const noexcept { return since_midnight_; }
    constexpr bool ok() const noexcept {
        return since_midnight_ >= std::chrono::microseconds(0) && since_midnight_ <= std::chrono::hours(24);
    }

    friend constexpr auto operator<=>(time_of_day, time_of_day) = default;

private:
    std::chrono::microseconds since_midnight_{0};
};

/// A time of day with its offset from UTC. Offsets east of Greenwich are positive, as in "12:00:00+02", and less than 16 hours:
/// others cannot be sent (`errc::value_out_of_range`).
///
/// Two values are equal if both parts are, as in PostgreSQL. (PostgreSQL orders by the moment first; there is no order here.)
struct time_with_offset {
    constexpr time_with_offset() noexcept = default;
    constexpr time_with_offset(time_of_day local_time, std::chrono::seconds offset_from_utc) noexcept
        : time(local_time), offset(offset_from_utc) {}

    time_of_day time;
    std::chrono::seconds offset{0};

    friend constexpr bool operator==(const time_with_offset&, const time_with_offset&) = default;
};

/// As the server prints them: "13:30:00", "23:59:59.5", "12:00:00+05:30".
std::string to_string(time_of_day value);
std::string to_string(time_with_offset value);

template <>
struct pg_type<time_of_day> {
    static constexpr std::string_view name = "pgcoro::time_of_day";
    static constexpr oid_number oid = oids::time;
    static constexpr oid_number array_oid = oids::time_array;

    static void encode(time_of_day value, value_writer& out);
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number, value_bytes bytes, time_of_day& out) noexcept;
};

template <>
struct pg_type<time_with_offset> {
    static constexpr std::string_view name = "pgcoro::time_with_offset";
    static constexpr oid_number oid = oids::timetz;
    static constexpr oid_number array_oid = oids::timetz_array;

    static void encode(time_with_offset value, value_writer& out);
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number, value_bytes bytes, time_with_offset& out) noexcept;
};

} // namespace pgcoro
