// SPDX-License-Identifier: BSL-1.0
// point, line, lseg, box, path, polygon and circle: values to store and compare. Calculations are left to the server.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <utility>
#include <vector>

namespace pgcoro {

/// Two values are equal if all their numbers are. (PostgreSQL tolerates differences of 1e-6, and compares some types by size.)
namespace geo {

struct point {
    constexpr point() noexcept = default;
    constexpr point(double x_, double y_) noexcept : x(x_), y(y_) {}
    double x = 0;
    double y = 0;
    friend constexpr bool operator==(const point&, const point&) = default;
};

/// The points with a x + b y + c = 0. The server refuses a = b = 0, which is not a line.
struct line {
    constexpr line() noexcept = default;
    constexpr line(double a_, double b_, double c_) noexcept : a(a_), b(b_), c(c_) {}
    double a = 0;
    double b = 0;
    double c = 0;
    friend constexpr bool operator==(const line&, const line&) = default;
};

/// A line segment between two points: lseg.
struct line_segment {
    constexpr line_segment() noexcept = default;
    constexpr line_segment(point first_end, point second_end) noexcept : first(first_end), second(second_end) {}
    point first;
    point second;
    friend constexpr bool operator==(const line_segment&, const line_segment&) = default;
};

/// A rectangle, defined by two opposite corners. The server turns them into the upper right and the lower left corner.
struct box {
    constexpr box() noexcept = default;
    constexpr box(point upper_right, point lower_left) noexcept : high(upper_right), low(lower_left) {}
    point high;
    point low;
    friend constexpr bool operator==(const box&, const box&) = default;
};

/// Points connected by lines; in a closed path, the last one also with the first. A path without points cannot be sent
/// (`errc::value_out_of_range`).
struct path {
    path() noexcept = default;
    explicit path(std::vector<point> in_order, bool is_closed = false) noexcept
        : points(std::move(in_order)), closed(is_closed) {}
    std::vector<point> points;
    bool closed = false;
    friend bool operator==(const path&, const path&) = default;
};

/// The area inside a closed path. A polygon without points cannot be sent (`errc::value_out_of_range`).
struct polygon {
    polygon() noexcept = default;
    explicit polygon(std::vector<point> corners) noexcept : points(std::move(corners)) {}
    std::vector<point> points;
    friend bool operator==(const polygon&, const polygon&) = default;
};

/// A circle. The server refuses a negative radius.
struct circle {
    constexpr circle() noexcept = default;
    constexpr circle(point center_, double radius_) noexcept : center(center_), radius(radius_) {}
    point center;
    double radius = 0;
    friend constexpr bool operator==(const circle&, const circle&) = default;
};

} // namespace geo

namespace detail {

template <class T, oid_number Type, oid_number Array>
struct geometry_codec {
    static constexpr oid_number oid = Type;
    static constexpr oid_number array_oid = Array;

    static void encode(const T& value, value_writer& out);
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number column, value_bytes bytes, T& out);
};

// The definitions are compiled into the library.
extern template struct geometry_codec<geo::point, oids::point, oids::point_array>;
extern template struct geometry_codec<geo::line, oids::line, oids::line_array>;
extern template struct geometry_codec<geo::line_segment, oids::lseg, oids::lseg_array>;
extern template struct geometry_codec<geo::box, oids::box, oids::box_array>;
extern template struct geometry_codec<geo::path, oids::path, oids::path_array>;
extern template struct geometry_codec<geo::polygon, oids::polygon, oids::polygon_array>;
extern template struct geometry_codec<geo::circle, oids::circle, oids::circle_array>;

} // namespace detail

template <>
struct pg_type<geo::point> : detail::geometry_codec<geo::point, oids::point, oids::point_array> {
    static constexpr std::string_view name = "pgcoro::geo::point";
};

template <>
struct pg_type<geo::line> : detail::geometry_codec<geo::line, oids::line, oids::line_array> {
    static constexpr std::string_view name = "pgcoro::geo::line";
};

template <>
struct pg_type<geo::line_segment> : detail::geometry_codec<geo::line_segment, oids::lseg, oids::lseg_array> {
    static constexpr std::string_view name = "pgcoro::geo::line_segment";
};

template <>
struct pg_type<geo::box> : detail::geometry_codec<geo::box, oids::box, oids::box_array> {
    static constexpr std::string_view name = "pgcoro::geo::box";
};

template <>
struct pg_type<geo::path> : detail::geometry_codec<geo::path, oids::path, oids::path_array> {
    static constexpr std::string_view name = "pgcoro::geo::path";
};

template <>
struct pg_type<geo::polygon> : detail::geometry_codec<geo::polygon, oids::polygon, oids::polygon_array> {
    static constexpr std::string_view name = "pgcoro::geo::polygon";
};

template <>
struct pg_type<geo::circle> : detail::geometry_codec<geo::circle, oids::circle, oids::circle_array> {
    static constexpr std::string_view name = "pgcoro::geo::circle";
};

} // namespace pgcoro
