// SPDX-License-Identifier: BSL-1.0
// date, timestamp and timestamptz as the calendar types of <chrono>.
//
// | PostgreSQL  | C++                                                            |
// |-------------|----------------------------------------------------------------|
// | date        | std::chrono::sys_days, std::chrono::year_month_day             |
// | timestamptz | std::chrono::sys_time<D>, of std::chrono::system_clock         |
// | timestamp   | std::chrono::local_time<D>                                     |
//
// PostgreSQL counts microseconds. A finer D is rounded down when sent. A coarser D can be sent but not read, because reading
// must not lose anything. `infinity`, and a value that D cannot hold, is `errc::value_out_of_range`.
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/microseconds.hpp>
#include <pgcoro/pg_type.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>

namespace pgcoro {
namespace detail {

/// The days from the epoch of <chrono>, 1970-01-01, to that of PostgreSQL, 2000-01-01.
inline constexpr std::int64_t epoch_days = 10957;
inline constexpr std::int64_t epoch_microseconds = epoch_days * 86'400'000'000;

/// `days` and `microseconds` count from 1970. A value outside PostgreSQL's range is a failure of `out`.
void encode_date(std::int64_t days, value_writer& out);
void encode_timestamp(std::int64_t microseconds, value_writer& out);

errc decode_date(value_bytes bytes, std::chrono::sys_days& out) noexcept;
errc decode_date(value_bytes bytes, std::chrono::year_month_day& out) noexcept;

/// PostgreSQL's range, counted from 2000-01-01: 4714-11-24 BC to 294276-12-31.
inline constexpr std::int64_t first_timestamp = -211'813'488'000'000'000;
inline constexpr std::int64_t end_of_timestamps = 9'223'371'331'200'000'000;

inline errc store_timestamp(std::int64_t microseconds, std::byte* to) noexcept {
    const auto sent = static_cast<std::uint64_t>(microseconds) - static_cast<std::uint64_t>(epoch_microseconds);
    constexpr auto first = static_cast<std::uint64_t>(first_timestamp);
    // The range is larger than what 63 bits count, so one comparison without signs is not enough.
    if (microseconds < first_timestamp + epoch_microseconds || sent - first >= end_of_timestamps - first) {
        return errc::value_out_of_range;
    }
    store_big_endian(to, sent);
    return {};
}

inline errc decode_timestamp(value_bytes bytes, std::int64_t& microseconds) noexcept {
    if (bytes.size() != sizeof microseconds) {
        return errc::malformed_value;
    }
    const auto sent = static_cast<std::int64_t>(load_big_endian<std::uint64_t>(bytes.data()));
    // The extremes are the infinities. The last thirty years before 294277 do not fit 64 bits when counted from 1970.
    if (sent == std::numeric_limits<std::int64_t>::min() ||
        sent > std::numeric_limits<std::int64_t>::max() - epoch_microseconds) {
        return errc::value_out_of_range;
    }
    microseconds = sent + epoch_microseconds;
    return {};
}

/// Common to the time points of both clocks.
template <class TimePoint>
struct timestamp_codec {
    using duration = typename TimePoint::duration;

    static void encode(TimePoint value, value_writer& out) {
        std::int64_t microseconds = 0;
        if (!to_microseconds(value.time_since_epoch(), microseconds)) {
            return out.fail(errc::value_out_of_range);
        }
        encode_timestamp(microseconds, out);
    }

    static constexpr std::size_t fixed_size = sizeof(std::int64_t);
    static errc store(TimePoint value, std::byte* to) noexcept {
        std::int64_t microseconds = 0;
        return to_microseconds(value.time_since_epoch(), microseconds) ? store_timestamp(microseconds, to)
                                                                       : errc::value_out_of_range;
    }

    static errc decode(oid_number, value_bytes bytes, TimePoint& out) noexcept
        requires micro_or_finer<duration>
    {
        std::int64_t microseconds = 0;
        if (const errc failure = decode_timestamp(bytes, microseconds); failure != errc{}) {
            return failure;
        }
        typename duration::rep count = 0;
        if (__builtin_mul_overflow(microseconds, std::ratio_divide<std::micro, typename duration::period>::num, &count)) {
            return errc::value_out_of_range;
        }
        out = TimePoint(duration(count));
        return {};
    }
};

} // namespace detail

template <>
struct pg_type<std::chrono::sys_days> {
    static constexpr std::string_view name = "std::chrono::sys_days";
    static constexpr oid_number oid = oids::date;
    static constexpr oid_number array_oid = oids::date_array;

    static void encode(std::chrono::sys_days value, value_writer& out) {
        detail::encode_date(value.time_since_epoch().count(), out);
    }
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number, value_bytes bytes, std::chrono::sys_days& out) noexcept {
        return detail::decode_date(bytes, out);
    }
};

/// A date that is not `ok()` is `errc::value_out_of_range`.
template <>
struct pg_type<std::chrono::year_month_day> {
    static constexpr std::string_view name = "std::chrono::year_month_day";
    static constexpr oid_number oid = oids::date;
    static constexpr oid_number array_oid = oids::date_array;

    static void encode(std::chrono::year_month_day value, value_writer& out) {
        value.ok() ? pg_type<std::chrono::sys_days>::encode(value, out) : out.fail(errc::value_out_of_range);
    }
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number, value_bytes bytes, std::chrono::year_month_day& out) noexcept {
        return detail::decode_date(bytes, out);
    }
};

template <detail::countable Duration>
struct pg_type<std::chrono::sys_time<Duration>> : detail::timestamp_codec<std::chrono::sys_time<Duration>> {
    static constexpr std::string_view name = "std::chrono::sys_time";
    static constexpr oid_number oid = oids::timestamptz;
    static constexpr oid_number array_oid = oids::timestamptz_array;

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
};

template <detail::countable Duration>
struct pg_type<std::chrono::local_time<Duration>> : detail::timestamp_codec<std::chrono::local_time<Duration>> {
    static constexpr std::string_view name = "std::chrono::local_time";
    static constexpr oid_number oid = oids::timestamp;
    static constexpr oid_number array_oid = oids::timestamp_array;

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
};

} // namespace pgcoro
