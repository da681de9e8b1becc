// SPDX-License-Identifier: BSL-1.0
// The geometric types, to the server and back.
#include "types_fixture.hpp"

#include <limits>
#include <string>

namespace {

namespace geo = pgcoro::geo;
using types = pgcoro::test::types_fixture;

TEST_F(types, points) {
    using limits = std::numeric_limits<double>;
    expect_same_everywhere(geo::point(1, -2.5), "(1,-2.5)", "point");
    expect_same_everywhere(geo::point(0.1, 1e300), "(0.1,1e+300)", "point");
    expect_same_everywhere(geo::point(limits::infinity(), -limits::infinity()), "(Infinity,-Infinity)", "point");
    EXPECT_EQ(printed(geo::point(limits::quiet_NaN(), -0.0)), "(NaN,-0)");
}

TEST_F(types, lines) {
    expect_same_everywhere(geo::line(1, 2, -3), "{1,2,-3}", "line");
    expect_same_everywhere(geo::line_segment({1, 2}, {3, 4}), "[(1,2),(3,4)]", "lseg");
}

TEST_F(types, boxes) {
    expect_same_everywhere(geo::box({3, 4}, {1, 2}), "(3,4),(1,2)", "box");
    EXPECT_EQ(printed(geo::box({1, 4}, {3, 2})), "(3,4),(1,2)");
    EXPECT_EQ(read<geo::box>("'(1,4),(3,2)'::box").value(), geo::box({3, 4}, {1, 2}));
}

TEST_F(types, paths_and_polygons) {
    expect_same_everywhere(geo::path({{1, 2}, {3, 4}, {5, 6}}), "[(1,2),(3,4),(5,6)]", "path");
    expect_same_everywhere(geo::path({{1, 2}, {3, 4}}, true), "((1,2),(3,4))", "path");
    expect_same_everywhere(geo::path({{1, 2}}), "[(1,2)]", "path");
    expect_same_everywhere(geo::polygon({{0, 0}, {1, 0}, {1, 1}}), "((0,0),(1,0),(1,1))", "polygon");
}

TEST_F(types, circles) {
    expect_same_everywhere(geo::circle({1, 2}, 3.5), "<(1,2),3.5>", "circle");
    expect_same_everywhere(geo::circle(), "<(0,0),0>", "circle");
}

} // namespace
