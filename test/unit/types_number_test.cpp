// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/types/boolean.hpp>
#include <pgcoro/types/floating_point.hpp>
#include <pgcoro/types/integer.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::pg_type;
namespace oids = pgcoro::oids;

template <class T>
class integers : public testing::Test {};
using integer_types = testing::Types<signed char, unsigned char, short, unsigned short, int, unsigned, long, long long>;
TYPED_TEST_SUITE(integers, integer_types);

TYPED_TEST(integers, extremes_survive_the_round_trip) {
    using limits = std::numeric_limits<TypeParam>;
    for (const TypeParam value : {limits::min(), limits::max(), TypeParam{0}, TypeParam{1}}) {
        const auto sent = encode(value);
        EXPECT_EQ(sent.failure, errc{});
        EXPECT_EQ(decode<TypeParam>(pg_type<TypeParam>::oid, sent.bytes), value);
    }
}

TYPED_TEST(integers, any_integer_column_can_be_read_if_the_value_fits) {
    EXPECT_EQ(decode<TypeParam>(oids::int2, big_endian(std::int16_t{7})), 7);
    EXPECT_EQ(decode<TypeParam>(oids::int4, big_endian(std::int32_t{7})), 7);
    EXPECT_EQ(decode<TypeParam>(oids::int8, big_endian(std::int64_t{7})), 7);
    EXPECT_EQ(decode<TypeParam>(oids::oid, big_endian(std::uint32_t{7})), 7);
    EXPECT_FALSE(pg_type<TypeParam>::accepts(oids::text));
    EXPECT_FALSE(pg_type<TypeParam>::accepts(oids::float8));
}

/// A numeric of the server's: a number of digits of base 10000, the first one's weight, the sign, the scale.
std::string numeric_bytes(std::initializer_list<int> digits, int weight, int sign = 0, int scale = 0) {
    std::string bytes;
    for (const int field : {static_cast<int>(digits.size()), weight, sign, scale}) {
        bytes += big_endian(static_cast<std::int16_t>(field));
    }
    for (const int digit : digits) {
        bytes += big_endian(static_cast<std::int16_t>(digit));
    }
    return bytes;
}
constexpr int negative = 0x4000;

TYPED_TEST(integers, whole_numbers_of_numeric_can_be_read_if_they_fit) {
    const auto read = [](const std::string& bytes) { return decode<TypeParam>(oids::numeric, bytes); };
    const auto failure = [](const std::string& bytes) { return decode_failure<TypeParam>(oids::numeric, bytes); };
    EXPECT_EQ(read(numeric_bytes({}, 0)), 0);
    EXPECT_EQ(read(numeric_bytes({7}, 0)), 7);
    EXPECT_EQ(read(numeric_bytes({7}, 0, 0, 3)), 7) << "7.000";
    EXPECT_EQ(failure(numeric_bytes({7, 5000}, 0, 0, 1)), errc::value_out_of_range) << "7.5";
    EXPECT_EQ(failure(numeric_bytes({5000}, -1, 0, 1)), errc::value_out_of_range) << "0.5";
    EXPECT_EQ(failure(numeric_bytes({1}, 5)), errc::value_out_of_range) << "1e20";
    EXPECT_EQ(failure(numeric_bytes({1}, 32767)), errc::value_out_of_range) << "1e131068";
    EXPECT_EQ(failure(numeric_bytes({}, 0, 0xc000)), errc::value_out_of_range) << "NaN";
    EXPECT_EQ(failure(numeric_bytes({}, 0, 0xd000)), errc::value_out_of_range) << "Infinity";
    EXPECT_EQ(failure(numeric_bytes({}, 0, 0xf000)), errc::value_out_of_range) << "-Infinity";
    if constexpr (std::is_signed_v<TypeParam>) {
        EXPECT_EQ(read(numeric_bytes({7}, 0, negative)), -7);
    } else {
        EXPECT_EQ(failure(numeric_bytes({7}, 0, negative)), errc::value_out_of_range);
    }
}

TYPED_TEST(integers, what_is_no_numeric_is_malformed) {
    expect_only_whole<TypeParam>(oids::numeric, numeric_bytes({7}, 0));
    EXPECT_EQ(decode_failure<TypeParam>(oids::numeric, numeric_bytes({10000}, 0)), errc::malformed_value);
    EXPECT_EQ(decode_failure<TypeParam>(oids::numeric, numeric_bytes({7}, 0, 1)), errc::malformed_value);
}

TEST(integer, numeric_is_read_at_the_ends_of_64_bits) {
    using limits = std::numeric_limits<std::int64_t>;
    const auto signed_failure = [](const std::string& bytes) { return decode_failure<std::int64_t>(oids::numeric, bytes); };
    EXPECT_EQ(decode<std::int64_t>(oids::numeric, numeric_bytes({922, 3372, 368, 5477, 5807}, 4)), limits::max());
    EXPECT_EQ(decode<std::int64_t>(oids::numeric, numeric_bytes({922, 3372, 368, 5477, 5808}, 4, negative)), limits::min());
    EXPECT_EQ(signed_failure(numeric_bytes({922, 3372, 368, 5477, 5808}, 4)), errc::value_out_of_range);
    EXPECT_EQ(signed_failure(numeric_bytes({922, 3372, 368, 5477, 5809}, 4, negative)), errc::value_out_of_range);
    EXPECT_EQ(signed_failure(numeric_bytes({1844, 6744, 737, 955, 1615}, 4, negative)), errc::value_out_of_range);
    EXPECT_EQ(decode<std::uint64_t>(oids::numeric, numeric_bytes({1844, 6744, 737, 955, 1615}, 4)),
              std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(decode_failure<std::uint64_t>(oids::numeric, numeric_bytes({1844, 6744, 737, 955, 1616}, 4)),
              errc::value_out_of_range);
}

TYPED_TEST(integers, another_number_of_bytes_is_malformed) {
    for (const auto column : {oids::int2, oids::int4, oids::int8, oids::oid}) {
        const std::size_t right = column == oids::int2 ? 2 : column == oids::int8 ? 8 : 4;
        for (std::size_t size = 0; size <= 9; ++size) {
            const auto failure = decode_failure<TypeParam>(column, std::string(size, '\0'));
            EXPECT_EQ(failure, size == right ? errc{} : errc::malformed_value) << column << ' ' << size;
        }
    }
}

TEST(integer, sizes_on_the_wire_hold_the_type) {
    EXPECT_EQ(pg_type<std::int8_t>::oid, oids::int2);
    EXPECT_EQ(pg_type<std::uint8_t>::oid, oids::int2);
    EXPECT_EQ(pg_type<std::int16_t>::oid, oids::int2);
    EXPECT_EQ(pg_type<std::uint16_t>::oid, oids::int4);
    EXPECT_EQ(pg_type<std::int32_t>::oid, oids::int4);
    EXPECT_EQ(pg_type<std::uint32_t>::oid, oids::int8);
    EXPECT_EQ(pg_type<std::int64_t>::oid, oids::int8);
    EXPECT_EQ(pg_type<std::uint64_t>::oid, oids::int8);
}

TEST(integer, value_that_does_not_fit_is_out_of_range) {
    EXPECT_EQ(decode_failure<std::int8_t>(oids::int2, big_endian(std::int16_t{128})), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<std::int16_t>(oids::int4, big_endian(std::int32_t{32768})), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<std::int32_t>(oids::int8, big_endian(std::int64_t{1} << 31)), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<std::uint32_t>(oids::int4, big_endian(std::int32_t{-1})), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<std::uint64_t>(oids::int8, big_endian(std::int64_t{-1})), errc::value_out_of_range);
}

TEST(integer, oid_is_unsigned) {
    EXPECT_EQ(decode<std::uint32_t>(oids::oid, big_endian(0xffffffffu)), 0xffffffffu);
    EXPECT_EQ(decode<std::int64_t>(oids::oid, big_endian(0xffffffffu)), 0xffffffff);
    EXPECT_EQ(decode_failure<std::int32_t>(oids::oid, big_endian(0xffffffffu)), errc::value_out_of_range);
}

TEST(integer, uint64_above_int8_cannot_be_sent) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(encode(most).failure, errc{});
    EXPECT_EQ(encode(most + 1).failure, errc::value_out_of_range);
}

TEST(boolean, is_one_byte) {
    EXPECT_EQ(encode(true).bytes, std::string(1, '\1'));
    EXPECT_EQ(encode(false).bytes, std::string(1, '\0'));
    EXPECT_TRUE(decode<bool>(oids::bool_, "\1"));
    EXPECT_FALSE(decode<bool>(oids::bool_, std::string(1, '\0')));
    EXPECT_EQ(decode_failure<bool>(oids::bool_, ""), errc::malformed_value);
    EXPECT_EQ(decode_failure<bool>(oids::bool_, "\1\1"), errc::malformed_value);
    EXPECT_FALSE(pg_type<bool>::accepts(oids::int4));
}

TEST(floating_point, special_values_survive_the_round_trip) {
    using limits = std::numeric_limits<double>;
    for (const double value : {0.0, -0.0, 1.5, limits::infinity(), -limits::infinity(), limits::denorm_min(), limits::max()}) {
        const double read = decode<double>(oids::float8, encode(value).bytes);
        EXPECT_EQ(read, value);
        EXPECT_EQ(std::signbit(read), std::signbit(value));
        const auto narrow = static_cast<float>(value);
        EXPECT_EQ(decode<float>(oids::float4, encode(narrow).bytes), narrow);
    }
    EXPECT_TRUE(std::isnan(decode<double>(oids::float8, encode(limits::quiet_NaN()).bytes)));
}

TEST(floating_point, float4_can_be_read_into_double_but_not_float8_into_float) {
    EXPECT_EQ(decode<double>(oids::float4, encode(0.5f).bytes), 0.5);
    EXPECT_FALSE(pg_type<float>::accepts(oids::float8));
    EXPECT_FALSE(pg_type<double>::accepts(oids::numeric)) << "most are none: pgcoro::numeric::to_double() says that it rounds";
}

TEST(floating_point, another_number_of_bytes_is_malformed) {
    EXPECT_EQ(decode_failure<double>(oids::float8, std::string(4, '\0')), errc::malformed_value);
    EXPECT_EQ(decode_failure<double>(oids::float4, std::string(8, '\0')), errc::malformed_value);
    EXPECT_EQ(decode_failure<float>(oids::float4, ""), errc::malformed_value);
}

} // namespace
