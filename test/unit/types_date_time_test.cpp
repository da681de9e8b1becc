// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/types/date_time.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

namespace {

using namespace pgcoro::test;
using namespace std::chrono;
using pgcoro::errc;
using pgcoro::pg_type;
namespace oids = pgcoro::oids;

using micro_time = sys_time<microseconds>;
using nano_time = sys_time<nanoseconds>;
using local_micro_time = local_time<microseconds>;

constexpr sys_days epoch = 2000y / January / 1;
constexpr auto min64 = std::numeric_limits<std::int64_t>::min();
constexpr auto max64 = std::numeric_limits<std::int64_t>::max();
constexpr auto min32 = std::numeric_limits<std::int32_t>::min();
constexpr auto max32 = std::numeric_limits<std::int32_t>::max();

TEST(date, counts_days_from_2000) {
    EXPECT_EQ(encode(epoch).bytes, big_endian(std::int32_t{0}));
    EXPECT_EQ(encode(year_month_day(1999y / December / 31)).bytes, big_endian(std::int32_t{-1}));
    EXPECT_EQ(decode<sys_days>(oids::date, big_endian(std::int32_t{366})), sys_days(2001y / January / 1));
    EXPECT_EQ(decode<year_month_day>(oids::date, big_endian(std::int32_t{-10957})), 1970y / January / 1);
}

TEST(date, infinity_is_out_of_range) {
    for (const std::int32_t infinity : {min32, max32}) {
        EXPECT_EQ(decode_failure<sys_days>(oids::date, big_endian(infinity)), errc::value_out_of_range);
        EXPECT_EQ(decode_failure<year_month_day>(oids::date, big_endian(infinity)), errc::value_out_of_range);
    }
}

TEST(date, year_beyond_chrono_is_out_of_range) {
    const auto last = decode<year_month_day>(oids::date, encode(sys_days(32767y / December / 31)).bytes);
    EXPECT_EQ(last, 32767y / December / 31);
    const auto after = encode(sys_days(32767y / December / 31) + days(1));
    EXPECT_EQ(after.failure, errc{});
    EXPECT_EQ(decode_failure<year_month_day>(oids::date, after.bytes), errc::value_out_of_range);
}

TEST(date, what_the_server_cannot_hold_is_not_sent) {
    EXPECT_EQ(encode(sys_days(-4713y / November / 24)).bytes, big_endian(std::int32_t{-2451545}));
    EXPECT_EQ(encode(sys_days(-4713y / November / 23)).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(sys_days(days(max32))).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(year_month_day(2023y / February / 29)).failure, errc::value_out_of_range);
}

TEST(date, another_number_of_bytes_is_malformed) {
    EXPECT_EQ(decode_failure<sys_days>(oids::date, std::string(8, '\0')), errc::malformed_value);
    EXPECT_EQ(decode_failure<year_month_day>(oids::date, ""), errc::malformed_value);
}

TEST(timestamp, counts_microseconds_from_2000) {
    const std::string second = big_endian(std::int64_t{1'000'000});
    EXPECT_EQ(encode(micro_time(epoch + seconds(1))).bytes, second);
    EXPECT_EQ(decode<micro_time>(oids::timestamptz, second), epoch + seconds(1));
    EXPECT_EQ(encode(local_micro_time(local_days(2000y / January / 1) + seconds(1))).bytes, second);
    EXPECT_EQ(decode<local_micro_time>(oids::timestamp, second), local_days(2000y / January / 1) + seconds(1));
}

TEST(timestamp, with_and_without_time_zone_are_different_types) {
    EXPECT_FALSE(pg_type<micro_time>::accepts(oids::timestamp));
    EXPECT_FALSE(pg_type<local_micro_time>::accepts(oids::timestamptz));
}

TEST(timestamp, finer_durations_are_rounded_down_when_sent) {
    EXPECT_EQ(encode(nano_time(epoch + 1us + 999ns)).bytes, big_endian(std::int64_t{1}));
    EXPECT_EQ(encode(nano_time(epoch - 1ns)).bytes, big_endian(std::int64_t{-1}));
    EXPECT_EQ(encode(nano_time(sys_days(1969y / December / 31) + 23h - 1ns)).bytes,
              encode(micro_time(sys_days(1969y / December / 31) + 23h - 1us)).bytes);
}

TEST(timestamp, coarser_durations_can_only_be_sent) {
    EXPECT_EQ(encode(sys_seconds(epoch + seconds(1))).bytes, big_endian(std::int64_t{1'000'000}));
    EXPECT_EQ(encode(sys_time<hours>(epoch + hours(1))).bytes, big_endian(std::int64_t{3'600'000'000}));
    static_assert(pgcoro::encodable<sys_seconds> && !pgcoro::decodable<sys_seconds>);
    static_assert(pgcoro::decodable<system_clock::time_point>);
}

TEST(timestamp, infinity_is_out_of_range) {
    for (const std::int64_t infinity : {min64, max64}) {
        EXPECT_EQ(decode_failure<micro_time>(oids::timestamptz, big_endian(infinity)), errc::value_out_of_range);
        EXPECT_EQ(decode_failure<local_micro_time>(oids::timestamp, big_endian(infinity)), errc::value_out_of_range);
    }
}

TEST(timestamp, what_the_duration_cannot_hold_is_out_of_range) {
    const std::string year_2300 = encode(micro_time(sys_days(2300y / January / 1))).bytes;
    EXPECT_EQ(decode<micro_time>(oids::timestamptz, year_2300), sys_days(2300y / January / 1));
    EXPECT_EQ(decode_failure<nano_time>(oids::timestamptz, year_2300), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<micro_time>(oids::timestamptz, big_endian(max64 - 1)), errc::value_out_of_range);
}

TEST(timestamp, what_the_server_cannot_hold_is_not_sent) {
    EXPECT_EQ(encode(micro_time(sys_days(-4713y / November / 24))).bytes, big_endian(std::int64_t{-211'813'488'000'000'000}));
    EXPECT_EQ(encode(micro_time(sys_days(-4713y / November / 24) - 1us)).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(micro_time(microseconds(min64))).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(sys_time<hours>(hours(max64 / 3'600'000'000 + 1))).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(sys_time<hours>::max()).failure, errc::value_out_of_range);
}

TEST(timestamp, another_number_of_bytes_is_malformed) {
    EXPECT_EQ(decode_failure<micro_time>(oids::timestamptz, std::string(4, '\0')), errc::malformed_value);
    EXPECT_EQ(decode_failure<local_micro_time>(oids::timestamp, ""), errc::malformed_value);
}

} // namespace
