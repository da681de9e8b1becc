// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/types/interval.hpp>
#include <pgcoro/types/or_infinity.hpp>
#include <pgcoro/types/time_of_day.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

namespace {

using namespace pgcoro::test;
using namespace std::chrono;
using pgcoro::errc;
using pgcoro::interval;
using pgcoro::or_infinity;
using pgcoro::pg_type;
using pgcoro::time_of_day;
using pgcoro::time_with_offset;
namespace oids = pgcoro::oids;

using micro_time = sys_time<microseconds>;
using local_micro_time = local_time<microseconds>;

template <class T>
using limits = std::numeric_limits<T>;

constexpr std::int64_t day = 86'400'000'000;

TEST(time_of_day, counts_microseconds_from_midnight) {
    expect_bytes(time_of_day(), big_endian(std::int64_t{0}));
    expect_bytes(time_of_day(1us), big_endian(std::int64_t{1}));
    expect_bytes(time_of_day(24h), big_endian(day));
    EXPECT_LT(time_of_day(13h), time_of_day(13h + 1s));
}

TEST(time_of_day, is_not_negative_nor_more_than_a_day) {
    EXPECT_EQ(encode(time_of_day(-1us)).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(time_of_day(24h + 1us)).failure, errc::value_out_of_range);
    for (const std::int64_t none : {std::int64_t{-1}, day + 1, limits<std::int64_t>::min(), limits<std::int64_t>::max()}) {
        EXPECT_EQ(decode_failure<time_of_day>(oids::time, big_endian(none)), errc::malformed_value) << none;
    }
}

TEST(time_of_day, another_number_of_bytes_is_malformed) { expect_only_whole<time_of_day>(oids::time, std::string(8, '\0')); }

TEST(time_of_day, prints_like_the_server) {
    EXPECT_EQ(to_string(time_of_day(1h + 2min + 3s)), "01:02:03");
    EXPECT_EQ(to_string(time_of_day(23h + 59min + 59s + 999999us)), "23:59:59.999999");
    EXPECT_EQ(to_string(time_of_day(500ms)), "00:00:00.5");
    EXPECT_EQ(to_string(time_of_day(10us)), "00:00:00.00001");
    EXPECT_EQ(to_string(time_of_day(24h)), "24:00:00");
}

TEST(time_with_offset, offset_is_counted_westwards) {
    expect_bytes(time_with_offset(time_of_day(1us), 2h), big_endian(std::int64_t{1}) + big_endian(std::int32_t{-7200}));
    expect_bytes(time_with_offset(time_of_day(24h), -5h), big_endian(day) + big_endian(std::int32_t{18000}));
}

TEST(time_with_offset, offset_is_less_than_sixteen_hours) {
    EXPECT_EQ(encode(time_with_offset(time_of_day(), 16h - 1s)).failure, errc{});
    EXPECT_EQ(encode(time_with_offset(time_of_day(), 16h)).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(time_with_offset(time_of_day(), -16h)).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(time_with_offset(time_of_day(25h), 0h)).failure, errc::value_out_of_range);
    for (const std::int32_t none : {57600, -57600, limits<std::int32_t>::min(), limits<std::int32_t>::max()}) {
        EXPECT_EQ(decode_failure<time_with_offset>(oids::timetz, std::string(8, '\0') + big_endian(none)),
                  errc::malformed_value);
    }
}

TEST(time_with_offset, another_number_of_bytes_is_malformed) {
    expect_only_whole<time_with_offset>(oids::timetz, std::string(12, '\0'));
    EXPECT_EQ(decode_failure<time_with_offset>(oids::timetz, big_endian(day + 1) + big_endian(0)), errc::malformed_value);
}

TEST(time_with_offset, prints_like_the_server) {
    EXPECT_EQ(to_string(time_with_offset(time_of_day(12h), 0h)), "12:00:00+00");
    EXPECT_EQ(to_string(time_with_offset(time_of_day(12h), 5h + 30min)), "12:00:00+05:30");
    EXPECT_EQ(to_string(time_with_offset(time_of_day(12h), -(15h + 59min + 59s))), "12:00:00-15:59:59");
}

TEST(interval, is_time_days_months) {
    expect_bytes(interval(1, -2, 3us),
                 big_endian(std::int64_t{3}) + big_endian(std::int32_t{-2}) + big_endian(std::int32_t{1}));
    expect_bytes(interval(1min), big_endian(std::int64_t{60'000'000}) + std::string(8, '\0'));
    EXPECT_NE(interval(1, 0), interval(0, 30));
}

TEST(interval, infinite_ones_are_the_extremes) {
    expect_bytes(interval::infinity(), big_endian(limits<std::int64_t>::max()) + big_endian(limits<std::int32_t>::max()) +
                                           big_endian(limits<std::int32_t>::max()));
    expect_bytes(interval::minus_infinity(), big_endian(limits<std::int64_t>::min()) + big_endian(limits<std::int32_t>::min()) +
                                                 big_endian(limits<std::int32_t>::min()));
    EXPECT_TRUE(interval::infinity().is_infinite());
    EXPECT_TRUE(interval::minus_infinity().is_infinite());
    EXPECT_FALSE(interval(limits<std::int32_t>::max(), 0).is_infinite());
}

TEST(interval, another_number_of_bytes_is_malformed) { expect_only_whole<interval>(oids::interval, std::string(16, '\0')); }

template <class Time, class Count>
void expect_infinities() {
    using type = or_infinity<Time>;
    expect_bytes(type::infinity(), big_endian(limits<Count>::max()));
    expect_bytes(type::minus_infinity(), big_endian(limits<Count>::min()));
    expect_bytes(type(Time{}), encode(Time{}).bytes);
    expect_only_whole<type>(pg_type<type>::oid, big_endian(Count{1}));
    EXPECT_EQ(pg_type<type>::oid, pg_type<Time>::oid);
}

TEST(or_infinity, holds_finite_and_infinite_times) {
    expect_infinities<sys_days, std::int32_t>();
    expect_infinities<micro_time, std::int64_t>();
    expect_infinities<local_micro_time, std::int64_t>();
    expect_infinities<sys_time<nanoseconds>, std::int64_t>();
    const or_infinity<year_month_day> date = 2024y / February / 29;
    expect_bytes(date, encode(2024y / February / 29).bytes);
    EXPECT_EQ(pg_type<or_infinity<year_month_day>>::name, "pgcoro::or_infinity<std::chrono::year_month_day>");
}

TEST(or_infinity, finite_time_beyond_the_type_is_still_out_of_range) {
    EXPECT_EQ(decode_failure<or_infinity<micro_time>>(oids::timestamptz, big_endian(limits<std::int64_t>::max() - 1)),
              errc::value_out_of_range);
    EXPECT_EQ(encode(or_infinity<micro_time>(micro_time::min())).failure, errc::value_out_of_range);
}

TEST(or_infinity, infinities_are_the_ends_of_the_order) {
    using date = or_infinity<sys_days>;
    EXPECT_LT(date::minus_infinity(), date(sys_days::min()));
    EXPECT_LT(date(sys_days::max()), date::infinity());
    EXPECT_LT(date(sys_days(2024y / May / 1)), date(sys_days(2024y / May / 2)));
    EXPECT_EQ(date::infinity(), date::infinity());
}

TEST(or_infinity, finite_part_is_there_only_if_it_is_finite) {
    using date = or_infinity<sys_days>;
    const sys_days may = 2024y / May / 1;
    EXPECT_EQ(date(may).finite(), may);
    EXPECT_EQ(date::infinity().finite(), std::nullopt);
    EXPECT_EQ(date::minus_infinity().value_or(may), may);
    EXPECT_TRUE(date::infinity().is_infinity() && !date::infinity().is_minus_infinity() && !date::infinity().is_finite());
}

} // namespace
