// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/parameters.hpp>
#include <pgcoro/types.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

template <>
struct pgcoro::range_traits<double> {
    static constexpr std::string_view sql_name = "floatrange";
    static constexpr std::string_view multirange_sql_name = "floatmultirange";
};

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::excluding;
using pgcoro::including;
using pgcoro::multirange;
using pgcoro::pg_type;
using pgcoro::range;
using pgcoro::unbounded;
using pgcoro::detail::type_catalogue;
namespace oids = pgcoro::oids;

constexpr pgcoro::oid_number int4range = 3904, int8range = 3926, int4multirange = 4451, int8multirange = 4536;

std::string flags(int bits) { return std::string(1, static_cast<char>(bits)); }
std::string nested(const std::string& bytes) { return big_endian(static_cast<std::int32_t>(bytes.size())) + bytes; }
std::string nested(std::int32_t value) { return nested(big_endian(value)); }

const std::string one_to_five = flags(0x02) + nested(1) + nested(5);

TEST(range, is_flags_and_bounds) {
    const struct {
        range<std::int32_t> value;
        std::string bytes;
        std::string text;
    } cases[] = {
        {range(1, 5), one_to_five, "[1,5)"},
        {range(including(1), including(5)), flags(0x06) + nested(1) + nested(5), "[1,5]"},
        {range(excluding(1), excluding(5)), flags(0x00) + nested(1) + nested(5), "(1,5)"},
        {range(excluding(1), including(5)), flags(0x04) + nested(1) + nested(5), "(1,5]"},
        {range<std::int32_t>(including(1), unbounded), flags(0x12) + nested(1), "[1,)"},
        {range<std::int32_t>(unbounded, including(5)), flags(0x0c) + nested(5), "(,5]"},
        {range<std::int32_t>(unbounded, unbounded), flags(0x18), "(,)"},
        {range<std::int32_t>(), flags(0x01), "empty"},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(encode(c.value).bytes, c.bytes) << c.text;
        EXPECT_EQ(decode<range<std::int32_t>>(int4range, c.bytes), c.value) << c.text;
        EXPECT_EQ(to_string(c.value), c.text);
    }
}

TEST(range, contains_what_is_between_its_bounds) {
    EXPECT_TRUE(range(1, 5).contains(1));
    EXPECT_FALSE(range(1, 5).contains(5));
    EXPECT_FALSE(range(1, 5).contains(0));
    EXPECT_TRUE(range(excluding(1), including(5)).contains(5));
    EXPECT_FALSE(range(excluding(1), including(5)).contains(1));
    EXPECT_FALSE(range(excluding(1), including(5)).contains(6));
    EXPECT_TRUE(range<int>(unbounded, unbounded).contains(-7));
    EXPECT_FALSE(range<int>(unbounded, excluding(0)).contains(0));
    EXPECT_FALSE(range<int>().contains(0));
}

TEST(range, equal_ones_have_the_same_bounds) {
    EXPECT_EQ(range(1, 5), range(including(1), excluding(5)));
    EXPECT_NE(range(1, 5), range(including(1), including(4)));
    EXPECT_NE(range<int>(), range<int>(unbounded, unbounded));
}

TEST(range, type_is_that_of_its_bounds) {
    using namespace std::chrono;
    EXPECT_EQ(pg_type<range<std::int32_t>>::oid, 3904u);
    EXPECT_EQ(pg_type<range<std::int64_t>>::oid, 3926u);
    EXPECT_EQ(pg_type<range<local_time<microseconds>>>::oid, 3908u);
    EXPECT_EQ(pg_type<range<sys_time<microseconds>>>::oid, 3910u);
    EXPECT_EQ(pg_type<range<sys_days>>::oid, 3912u);
    EXPECT_EQ(pg_type<std::vector<range<std::int32_t>>>::oid, 3905u);
    EXPECT_EQ(pg_type<multirange<std::int32_t>>::oid, 4451u);
    EXPECT_EQ(pg_type<std::vector<multirange<sys_days>>>::oid, 6155u);
    EXPECT_FALSE(pgcoro::encodable<range<std::string>>);
    EXPECT_EQ(pg_type<range<std::int32_t>>::name, "pgcoro::range<std::int32_t>");
    EXPECT_EQ(pg_type<multirange<std::int32_t>>::name, "pgcoro::multirange<std::int32_t>");
}

TEST(range, bounds_are_converted_like_columns) {
    EXPECT_EQ(decode<range<std::int64_t>>(int4range, one_to_five), (range<std::int64_t>(1, 5)));
    const std::string large = flags(0x02) + nested(big_endian(std::int64_t{1})) + nested(big_endian(std::int64_t{1} << 40));
    EXPECT_EQ(decode_failure<range<std::int32_t>>(int8range, large), errc::value_out_of_range);
    EXPECT_FALSE(pg_type<range<std::int32_t>>::accepts(3912));
    EXPECT_FALSE(pg_type<range<std::int32_t>>::accepts(int4multirange));
    EXPECT_FALSE(pg_type<range<std::int32_t>>::accepts(oids::int4));
    EXPECT_FALSE(pg_type<range<std::int32_t>>::accepts(oids::unspecified));
}

TEST(range, every_truncation_is_malformed) {
    for (const std::string& bytes : {one_to_five, flags(0x12) + nested(1), flags(0x0c) + nested(5), flags(0x18), flags(0x01)}) {
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            EXPECT_EQ(decode_failure<range<std::int32_t>>(int4range, std::string_view(bytes).substr(0, size)),
                      errc::malformed_value);
        }
        EXPECT_EQ(decode_failure<range<std::int32_t>>(int4range, bytes + "x"), errc::malformed_value);
    }
}

TEST(range, flags_and_lengths_are_not_believed) {
    for (const int bits : {0x03, 0x11, 0x1a, 0x1c, 0x20, 0x40, 0x80}) {
        EXPECT_EQ(decode_failure<range<std::int32_t>>(int4range, flags(bits) + nested(1) + nested(5)), errc::malformed_value);
    }
    for (const std::int32_t length : {-1, -4, 3, 5, 0x7fffffff}) {
        EXPECT_EQ(decode_failure<range<std::int32_t>>(int4range, flags(0x12) + big_endian(length) + big_endian(1)),
                  errc::malformed_value);
    }
}

const multirange<std::int32_t> two_ranges{{range(1, 5), range<std::int32_t>(including(7), unbounded)}};
const std::string two_ranges_bytes = big_endian(2) + nested(one_to_five) + nested(flags(0x12) + nested(7));

TEST(multirange, is_a_count_and_ranges) {
    EXPECT_EQ(encode(two_ranges).bytes, two_ranges_bytes);
    EXPECT_EQ(decode<multirange<std::int32_t>>(int4multirange, two_ranges_bytes), two_ranges);
    EXPECT_EQ(encode(multirange<std::int32_t>()).bytes, big_endian(0));
    EXPECT_EQ(decode<multirange<std::int32_t>>(int4multirange, big_endian(0)), multirange<std::int32_t>());
    EXPECT_TRUE(two_ranges.contains(4) && !two_ranges.contains(5) && two_ranges.contains(9));
}

TEST(multirange, is_no_range) {
    EXPECT_FALSE(pg_type<multirange<std::int32_t>>::accepts(int4range));
    EXPECT_TRUE(pg_type<multirange<std::int32_t>>::accepts(int8multirange));
    EXPECT_FALSE(pg_type<multirange<std::int32_t>>::accepts(4535));
}

TEST(multirange, every_truncation_is_malformed) {
    for (std::size_t size = 0; size < two_ranges_bytes.size(); ++size) {
        EXPECT_EQ(decode_failure<multirange<std::int32_t>>(int4multirange, std::string_view(two_ranges_bytes).substr(0, size)),
                  errc::malformed_value);
    }
    EXPECT_EQ(decode_failure<multirange<std::int32_t>>(int4multirange, two_ranges_bytes + "x"), errc::malformed_value);
}

TEST(multirange, count_is_not_believed) {
    for (const std::int32_t count : {-1, 0x7fffffff, 3}) {
        EXPECT_EQ(decode_failure<multirange<std::int32_t>>(int4multirange, big_endian(count) + two_ranges_bytes.substr(4)),
                  errc::malformed_value);
    }
}

// 20000 a range over a domain over float8, 20001 its array, 20002 its multirange, 20003 the domain.
const type_catalogue catalogue(type_catalogue(), {{20000, 20001, 0, 0, 20003, "public", "floatrange", true, 'b', {}, {}},
                                                  {20001, 0, 20000, 0, 0, "public", "_floatrange", true, 'b', {}, {}},
                                                  {20002, 0, 0, 0, 20000, "public", "floatmultirange", true, 'b', {}, {}},
                                                  {20003, 0, 0, oids::float8, 0, "public", "share", true, 'b', {}, {}}});

TEST(user_range, is_read_by_what_it_is_made_of) {
    const std::string bytes = flags(0x12) + nested(encode(0.5).bytes);
    const range<double> value(including(0.5), unbounded);
    EXPECT_EQ(decode<range<double>>(20000, bytes, catalogue), value);
    EXPECT_EQ(decode<multirange<double>>(20002, big_endian(1) + nested(bytes), catalogue), multirange<double>{{value}});
    EXPECT_FALSE(pgcoro::detail::accepts_type<range<double>>(20002, catalogue));
    EXPECT_FALSE(pgcoro::detail::accepts_type<multirange<double>>(20000, catalogue));
    EXPECT_FALSE(pgcoro::detail::accepts_type<range<double>>(20000, type_catalogue()));
    EXPECT_FALSE(pgcoro::detail::accepts_type<range<std::int32_t>>(20000, catalogue));
    EXPECT_TRUE(pgcoro::detail::accepts_type<std::vector<range<double>>>(20001, catalogue));
}

TEST(user_range, is_sent_by_name) {
    auto values = pgcoro::detail::encode_parameters(range(0.5, 1.0), multirange<double>(), std::vector{range(0.5, 1.0)});
    EXPECT_FALSE(values.fill_in(catalogue));
    EXPECT_EQ(values.oid(0), 20000u);
    EXPECT_EQ(values.oid(1), 20002u);
    EXPECT_EQ(values.oid(2), 20001u);
}

} // namespace
