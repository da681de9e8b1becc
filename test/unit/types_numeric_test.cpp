// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/types/money.hpp>
#include <pgcoro/types/numeric.hpp>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::numeric;
using pgcoro::pg_type;
namespace oids = pgcoro::oids;

constexpr std::uint16_t positive = 0x0000;
constexpr std::uint16_t minus_sign = 0x4000;
constexpr std::uint16_t not_a_number = 0xc000;
constexpr std::uint16_t infinity = 0xd000;
constexpr std::uint16_t minus_infinity = 0xf000;

/// A numeric as PostgreSQL sends it.
std::string wire(std::int16_t weight, std::uint16_t sign, std::uint16_t scale, std::initializer_list<std::int16_t> digits) {
    std::string bytes =
        big_endian(static_cast<std::uint16_t>(digits.size())) + big_endian(weight) + big_endian(sign) + big_endian(scale);
    for (const auto digit : digits) {
        bytes += big_endian(digit);
    }
    return bytes;
}

numeric parsed(std::string_view text) { return numeric::parse(text).value(); }
std::string reprinted(std::string_view text) { return to_string(parsed(text)); }
errc parse_failure(std::string_view text) {
    const auto outcome = numeric::parse(text);
    return outcome ? errc{} : static_cast<errc>(outcome.error().code().value());
}

TEST(numeric, is_digits_of_base_10000) {
    expect_bytes(numeric(), wire(0, positive, 0, {}));
    expect_bytes(numeric(1), wire(0, positive, 0, {1}));
    expect_bytes(numeric(-10000), wire(1, minus_sign, 0, {1}));
    expect_bytes(parsed("12345678.9"), wire(1, positive, 1, {1234, 5678, 9000}));
    expect_bytes(parsed("-0.00012"), wire(-1, minus_sign, 5, {1, 2000}));
    expect_bytes(parsed("0.00"), wire(0, positive, 2, {}));
    expect_bytes(parsed("1e20"), wire(5, positive, 0, {1}));
    expect_bytes(numeric::nan(), wire(0, not_a_number, 0, {}));
    expect_bytes(numeric::infinity(), wire(0, infinity, 0, {}));
    expect_bytes(numeric::minus_infinity(), wire(0, minus_infinity, 0, {}));
}

TEST(numeric, prints_what_it_was_read_from) {
    for (const std::string text : {"0", "0.00", "1", "-1", "10", "9999", "10000", "100000000", "12345.6789", "-0.5", "0.0001",
                                   "0.00001", "1.50", "1000.00010", "NaN", "Infinity", "-Infinity"}) {
        EXPECT_EQ(reprinted(text), text);
    }
}

TEST(numeric, parses_what_the_server_parses) {
    EXPECT_EQ(reprinted(" \t+12.50\n"), "12.50");
    EXPECT_EQ(reprinted("-0"), "0");
    EXPECT_EQ(reprinted("-.5"), "-0.5");
    EXPECT_EQ(reprinted("5."), "5");
    EXPECT_EQ(reprinted("007"), "7");
    EXPECT_EQ(reprinted("1.5e3"), "1500");
    EXPECT_EQ(reprinted("1.50e1"), "15.0");
    EXPECT_EQ(reprinted("15E-3"), "0.015");
    EXPECT_EQ(reprinted("1e+5"), "100000");
    EXPECT_EQ(reprinted("0e-3"), "0.000");
    EXPECT_EQ(reprinted("nan"), "NaN");
    EXPECT_EQ(reprinted("-INF"), "-Infinity");
    EXPECT_EQ(reprinted("+infinity"), "Infinity");
}

TEST(numeric, text_that_is_no_number_is_malformed) {
    for (const std::string text :
         {"", " ", ".", "-", "+-1", "1 2", "1,5", "1e", "1e+", "e5", "0x10", "1.2.3", "-NaN", "infinit", "1e5x", "--1"}) {
        EXPECT_EQ(parse_failure(text), errc::malformed_value) << text;
    }
}

TEST(numeric, more_digits_than_the_server_holds_are_out_of_range) {
    EXPECT_EQ(to_string(parsed("1e131071")).size(), 131072u);
    EXPECT_EQ(parse_failure("1e131072"), errc::value_out_of_range);
    EXPECT_EQ(to_string(parsed("1e-16383")).size(), 16385u);
    EXPECT_EQ(parse_failure("1e-16384"), errc::value_out_of_range);
    EXPECT_EQ(parse_failure("1e99999999999999999999999999"), errc::value_out_of_range);
    EXPECT_EQ(parse_failure("1e-99999999999999999999999999"), errc::value_out_of_range);
    EXPECT_EQ(reprinted("0e99999"), "0");
}

TEST(numeric, integers_survive_the_round_trip) {
    using std::numeric_limits;
    EXPECT_EQ(to_string(numeric(numeric_limits<std::int64_t>::min())), "-9223372036854775808");
    EXPECT_EQ(to_string(numeric(numeric_limits<std::uint64_t>::max())), "18446744073709551615");
    EXPECT_EQ(numeric(numeric_limits<std::int64_t>::min()).to<std::int64_t>().value(), numeric_limits<std::int64_t>::min());
    EXPECT_EQ(numeric(numeric_limits<std::uint64_t>::max()).to<std::uint64_t>().value(), numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(numeric(-128).to<std::int8_t>().value(), -128);
    EXPECT_EQ(parsed("120000.000").to<int>().value(), 120000);
    EXPECT_EQ(numeric().to<unsigned>().value(), 0u);
}

TEST(numeric, conversion_to_an_integer_that_loses_something_is_out_of_range) {
    EXPECT_TRUE(numeric(128).to<std::int8_t>().error() == errc::value_out_of_range);
    EXPECT_TRUE(numeric(-129).to<std::int8_t>().error() == errc::value_out_of_range);
    EXPECT_TRUE(numeric(-1).to<std::uint64_t>().error() == errc::value_out_of_range);
    EXPECT_TRUE(parsed("0.5").to<int>().error() == errc::value_out_of_range);
    EXPECT_TRUE(parsed("-9223372036854775809").to<std::int64_t>().error() == errc::value_out_of_range);
    EXPECT_TRUE(parsed("18446744073709551616").to<std::uint64_t>().error() == errc::value_out_of_range);
    EXPECT_TRUE(parsed("99999999999999999999").to<std::uint64_t>().error() == errc::value_out_of_range);
    EXPECT_TRUE(parsed("1e131071").to<std::uint64_t>().error() == errc::value_out_of_range);
    EXPECT_TRUE(numeric::nan().to<int>().error() == errc::value_out_of_range);
    EXPECT_TRUE(numeric::infinity().to<int>().error() == errc::value_out_of_range);
}

TEST(numeric, doubles_survive_the_round_trip) {
    using limits = std::numeric_limits<double>;
    for (const double value :
         {0.1, -1.5, 1e300, limits::denorm_min(), limits::max(), limits::infinity(), -limits::infinity()}) {
        EXPECT_EQ(numeric(value).to_double(), value);
    }
    EXPECT_EQ(to_string(numeric(0.1)), "0.1");
    EXPECT_EQ(to_string(numeric(0.1f)), "0.1");
    EXPECT_EQ(to_string(numeric(-0.0)), "0");
    EXPECT_TRUE(numeric(-limits::quiet_NaN()).is_nan());
    EXPECT_TRUE(std::isnan(numeric::nan().to_double()));
}

TEST(numeric, what_double_cannot_hold_becomes_infinity_or_zero) {
    EXPECT_EQ(parsed("-1e131071").to_double(), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(parsed("1e-16383").to_double(), 0);
}

TEST(numeric, compares_by_value) {
    EXPECT_EQ(parsed("1.50"), parsed("1.5"));
    EXPECT_EQ(parsed("-0.0"), numeric(0));
    EXPECT_EQ(numeric::nan(), numeric::nan());
    EXPECT_NE(numeric(1), numeric(-1));
    EXPECT_EQ(numeric(7), 7);
}

TEST(numeric, is_ordered_as_in_postgresql) {
    const numeric ascending[] = {numeric::minus_infinity(), parsed("-10000"), parsed("-9999.5"), parsed("-9999"),
                                 parsed("-0.0001"),         numeric(0),       parsed("0.0001"),  parsed("1"),
                                 parsed("1.0001"),          parsed("9999"),   parsed("10000"),   parsed("1e100"),
                                 numeric::infinity(),       numeric::nan()};
    for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
        EXPECT_LT(ascending[i], ascending[i + 1]) << i;
        EXPECT_GT(ascending[i + 1], ascending[i]) << i;
    }
}

TEST(numeric, columns_of_integers_can_be_read) {
    EXPECT_EQ(decode<numeric>(oids::int2, big_endian(std::int16_t{-7})), -7);
    EXPECT_EQ(decode<numeric>(oids::int4, big_endian(std::int32_t{70000})), 70000);
    EXPECT_EQ(decode<numeric>(oids::int8, big_endian(std::numeric_limits<std::int64_t>::min())),
              std::numeric_limits<std::int64_t>::min());
    EXPECT_FALSE(pg_type<numeric>::accepts(oids::float8));
    EXPECT_EQ(decode_failure<numeric>(oids::int4, "abc"), errc::malformed_value);
}

TEST(numeric, zeros_at_both_ends_do_not_matter) {
    EXPECT_EQ(decode<numeric>(oids::numeric, wire(2, positive, 4, {0, 0, 5, 0})), 5);
    EXPECT_EQ(encode(decode<numeric>(oids::numeric, wire(2, minus_sign, 4, {0, 0, 0, 0}))).bytes, wire(0, positive, 4, {}));
    EXPECT_EQ(to_string(decode<numeric>(oids::numeric, wire(1, positive, 0, {1}))), "10000");
}

TEST(numeric, another_number_of_bytes_is_malformed) {
    expect_only_whole<numeric>(oids::numeric, wire(1, positive, 1, {1234, 5678, 9000}));
    expect_only_whole<numeric>(oids::numeric, wire(0, not_a_number, 0, {}));
}

TEST(numeric, fields_out_of_their_ranges_are_malformed) {
    EXPECT_EQ(decode_failure<numeric>(oids::numeric, wire(0, positive, 0, {10000})), errc::malformed_value);
    EXPECT_EQ(decode_failure<numeric>(oids::numeric, wire(0, positive, 0, {-1})), errc::malformed_value);
    EXPECT_EQ(decode_failure<numeric>(oids::numeric, wire(0, 0x1234, 0, {1})), errc::malformed_value);
    EXPECT_EQ(decode_failure<numeric>(oids::numeric, wire(0, positive, 0x4000, {1})), errc::malformed_value);
    EXPECT_EQ(decode_failure<numeric>(oids::numeric, wire(-32768, positive, 0x3fff, {0, 1})), errc::malformed_value);
    EXPECT_EQ(decode_failure<numeric>(oids::numeric, wire(0, positive, 1, {1, 1})), errc::malformed_value)
        << "digits behind the scale, which would not be printed";
}

TEST(numeric, largest_number_is_printed_in_bounded_space) {
    const auto largest = decode<numeric>(oids::numeric, wire(32767, positive, 0x3fff, {9999}));
    EXPECT_EQ(to_string(largest).size(), 131072u + 1 + 16383);
}

TEST(numeric, knows_how_many_digits_are_significant) {
    EXPECT_EQ(parsed("0").significant_digits(), 0);
    EXPECT_EQ(parsed("1200").significant_digits(), 2);
    EXPECT_EQ(parsed("12003.40").significant_digits(), 6);
    EXPECT_EQ(parsed("0.00050").significant_digits(), 1);
    EXPECT_TRUE(parsed("12.00").is_integer());
    EXPECT_FALSE(parsed("12.01").is_integer());
    EXPECT_FALSE(numeric::nan().is_integer());
}

TEST(money, is_a_number_of_the_smallest_units) {
    expect_bytes(pgcoro::money(-12345), big_endian(std::int64_t{-12345}));
    expect_only_whole<pgcoro::money>(oids::money, big_endian(std::int64_t{1}));
}

} // namespace
