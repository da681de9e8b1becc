// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/types/geometry.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>

namespace {

using namespace pgcoro::test;
namespace geo = pgcoro::geo;
using pgcoro::errc;
using pgcoro::pg_type;
namespace oids = pgcoro::oids;

std::string numbers(std::initializer_list<double> values) {
    std::string bytes;
    for (const double value : values) {
        bytes += big_endian(std::bit_cast<std::uint64_t>(value));
    }
    return bytes;
}

template <class T>
void expect_wire(const T& value, const std::string& bytes) {
    expect_bytes(value, bytes);
    expect_only_whole<T>(pg_type<T>::oid, bytes);
}

TEST(geometry, is_numbers_in_order) {
    expect_wire(geo::point(1, -2.5), numbers({1, -2.5}));
    expect_wire(geo::line(1, 2, 3), numbers({1, 2, 3}));
    expect_wire(geo::line_segment({1, 2}, {3, 4}), numbers({1, 2, 3, 4}));
    expect_wire(geo::box({3, 4}, {1, 2}), numbers({3, 4, 1, 2}));
    expect_wire(geo::circle({1, 2}, 3), numbers({1, 2, 3}));
}

TEST(geometry, paths_and_polygons_count_their_points) {
    const std::string count = big_endian(std::int32_t{2});
    expect_wire(geo::path({{1, 2}, {3, 4}}, true), "\1" + count + numbers({1, 2, 3, 4}));
    expect_wire(geo::path({{1, 2}, {3, 4}}), std::string(1, '\0') + count + numbers({1, 2, 3, 4}));
    expect_wire(geo::polygon({{1, 2}, {3, 4}}), count + numbers({1, 2, 3, 4}));
}

TEST(geometry, without_points_there_is_nothing_to_send) {
    EXPECT_EQ(encode(geo::path()).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(geo::polygon()).failure, errc::value_out_of_range);
    EXPECT_EQ(decode_failure<geo::path>(oids::path, std::string(5, '\0')), errc::malformed_value);
    EXPECT_EQ(decode_failure<geo::polygon>(oids::polygon, std::string(4, '\0')), errc::malformed_value);
}

TEST(geometry, counts_of_points_are_not_believed) {
    for (const std::int32_t count : {0, 2, -1, 0x7fffffff}) {
        EXPECT_EQ(decode_failure<geo::polygon>(oids::polygon, big_endian(count) + numbers({1, 2})), errc::malformed_value);
        EXPECT_EQ(decode_failure<geo::path>(oids::path, "\1" + big_endian(count) + numbers({1, 2})), errc::malformed_value);
    }
    EXPECT_EQ(decode_failure<geo::path>(oids::path, "\2" + big_endian(1) + numbers({1, 2})), errc::malformed_value)
        << "neither open nor closed";
}

TEST(geometry, special_numbers_survive_the_round_trip) {
    using limits = std::numeric_limits<double>;
    const auto read = decode<geo::line>(oids::line, encode(geo::line(limits::infinity(), -0.0, limits::quiet_NaN())).bytes);
    EXPECT_EQ(read.a, limits::infinity());
    EXPECT_TRUE(std::signbit(read.b));
    EXPECT_TRUE(std::isnan(read.c));
}

} // namespace
