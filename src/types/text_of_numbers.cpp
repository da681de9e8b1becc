// SPDX-License-Identifier: BSL-1.0
// Floating-point numbers, and the geometry made of them, as the server prints them.
#include "types/text_parts.hpp"

#include <pgcoro/types/geometry.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string_view>

namespace pgcoro::detail {
namespace {

template <class T>
void append_shortest(T value, std::string& out) {
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::isinf(value)) {
        out += value < 0 ? "-Infinity" : "Infinity";
        return;
    }
    std::array<char, 64> text{};
    const auto print = [&](std::chars_format format) {
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format).ptr;
        return std::string_view(text.data(), static_cast<std::size_t>(end - text.data()));
    };
    const auto scientific = print(std::chars_format::scientific);
    const char* number = scientific.data() + scientific.find('e') + 1;
    number += *number == '+';
    int exponent = 0;
    std::from_chars(number, scientific.data() + scientific.size(), exponent);
    const bool is_small = exponent >= -4 && exponent < std::numeric_limits<T>::digits10;
    out += is_small ? print(std::chars_format::fixed) : scientific;
}

void append(geo::point point, std::string& out) {
    out.push_back('(');
    append_number(point.x, out);
    out.push_back(',');
    append_number(point.y, out);
    out.push_back(')');
}

template <class Points>
void append_points(const Points& points, std::string_view open, std::string_view close, std::string& out) {
    out += open;
    bool is_first = true;
    for (const geo::point& point : points) {
        out += is_first ? "" : ",";
        is_first = false;
        append(point, out);
    }
    out += close;
}

template <class Shape, class Print>
errc append_as(oid_number type, value_bytes bytes, Print print) {
    Shape shape;
    const errc failure = pg_type<Shape>::decode(type, bytes, shape);
    if (failure == errc{}) {
        print(shape);
    }
    return failure;
}

} // namespace

void append_number(float value, std::string& out) { append_shortest(value, out); }
void append_number(double value, std::string& out) { append_shortest(value, out); }

errc append_geometry(oid_number type, value_bytes bytes, std::string& out) {
    using points = std::initializer_list<geo::point>;
    switch (type) {
    case oids::point: return append_as<geo::point>(type, bytes, [&](auto& point) { append(point, out); });
    case oids::line:
        return append_as<geo::line>(type, bytes, [&](auto& line) {
            char separator = '{';
            for (const double number : {line.a, line.b, line.c}) {
                out.push_back(separator);
                append_number(number, out);
                separator = ',';
            }
            out.push_back('}');
        });
    case oids::lseg:
        return append_as<geo::line_segment>(
            type, bytes, [&](auto& segment) { append_points(points{segment.first, segment.second}, "[", "]", out); });
    case oids::box:
        return append_as<geo::box>(type, bytes, [&](auto& box) { append_points(points{box.high, box.low}, "", "", out); });
    case oids::path:
        return append_as<geo::path>(type, bytes, [&](auto& path) {
            append_points(path.points, path.closed ? "(" : "[", path.closed ? ")" : "]", out);
        });
    case oids::polygon:
        return append_as<geo::polygon>(type, bytes, [&](auto& polygon) { append_points(polygon.points, "(", ")", out); });
    default:
        return append_as<geo::circle>(type, bytes, [&](auto& circle) {
            out.push_back('<');
            append(circle.center, out);
            out.push_back(',');
            append_number(circle.radius, out);
            out.push_back('>');
        });
    }
}

} // namespace pgcoro::detail
