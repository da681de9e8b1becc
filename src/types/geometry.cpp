// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/geometry.hpp>

#include <pgcoro/detail/big_endian.hpp>

#include <bit>
#include <cstdint>
#include <type_traits>

namespace pgcoro {
namespace {

/// Writes the numbers a value is made of.
class number_writer {
public:
    explicit number_writer(value_writer& out) noexcept : out_(out) {}

    void operator()(double number) { out_.put(std::bit_cast<std::uint64_t>(number)); }
    void operator()(bool flag) { out_.put(static_cast<std::uint8_t>(flag)); }
    void operator()(const std::vector<geo::point>& points) {
        // A point takes sixteen bytes, so more cannot be sent anyway.
        if (points.empty() || points.size() > value_writer::max_size / 16) {
            return out_.fail(points.empty() ? errc::value_out_of_range : errc::value_too_large);
        }
        out_.put(static_cast<std::uint32_t>(points.size()));
        for (const auto& point : points) {
            (*this)(point.x);
            (*this)(point.y);
        }
    }

private:
    value_writer& out_;
};

/// Reads them in the same order.
class number_reader {
public:
    explicit number_reader(value_bytes bytes) noexcept : rest_(bytes) {}

    void operator()(double& number) { number = std::bit_cast<double>(take<std::uint64_t>()); }
    void operator()(bool& flag) {
        const auto byte = take<std::uint8_t>();
        flag = byte != 0;
        ok_ = ok_ && byte <= 1;
    }
    void operator()(std::vector<geo::point>& points) {
        constexpr std::size_t point_size = 2 * sizeof(double);
        const std::size_t count = take<std::uint32_t>();
        points.clear();
        if (count == 0 || count != rest_.size() / point_size) {
            ok_ = false;
            return;
        }
        points.resize(count);
        for (auto& point : points) {
            (*this)(point.x);
            (*this)(point.y);
        }
    }

    /// All numbers were there, and nothing else.
    bool complete() const noexcept { return ok_ && rest_.empty(); }

private:
    template <class T>
    T take() noexcept {
        if (rest_.size() < sizeof(T)) {
            ok_ = false;
            return {};
        }
        const auto value = detail::load_big_endian<T>(rest_.data());
        rest_ = rest_.subspan(sizeof(T));
        return value;
    }

    value_bytes rest_;
    bool ok_ = true;
};

// The numbers of each type, in the order they are sent. `visit` is a writer, the value then being constant, or a reader.

template <class Visitor, class Value>
void numbers_of(Value& value, Visitor& visit) {
    using type = std::remove_const_t<Value>;
    if constexpr (std::is_same_v<type, geo::point>) {
        visit(value.x);
        visit(value.y);
    } else if constexpr (std::is_same_v<type, geo::line>) {
        visit(value.a);
        visit(value.b);
        visit(value.c);
    } else if constexpr (std::is_same_v<type, geo::line_segment>) {
        numbers_of(value.first, visit);
        numbers_of(value.second, visit);
    } else if constexpr (std::is_same_v<type, geo::box>) {
        numbers_of(value.high, visit);
        numbers_of(value.low, visit);
    } else if constexpr (std::is_same_v<type, geo::path>) {
        visit(value.closed);
        visit(value.points);
    } else if constexpr (std::is_same_v<type, geo::polygon>) {
        visit(value.points);
    } else {
        static_assert(std::is_same_v<type, geo::circle>);
        numbers_of(value.center, visit);
        visit(value.radius);
    }
}

} // namespace

template <class T, oid_number Type, oid_number Array>
void detail::geometry_codec<T, Type, Array>::encode(const T& value, value_writer& out) {
    number_writer writer(out);
    numbers_of(value, writer);
}

template <class T, oid_number Type, oid_number Array>
errc detail::geometry_codec<T, Type, Array>::decode(oid_number, value_bytes bytes, T& out) {
    number_reader reader(bytes);
    numbers_of(out, reader);
    return reader.complete() ? errc{} : errc::malformed_value;
}

template struct detail::geometry_codec<geo::point, oids::point, oids::point_array>;
template struct detail::geometry_codec<geo::line, oids::line, oids::line_array>;
template struct detail::geometry_codec<geo::line_segment, oids::lseg, oids::lseg_array>;
template struct detail::geometry_codec<geo::box, oids::box, oids::box_array>;
template struct detail::geometry_codec<geo::path, oids::path, oids::path_array>;
template struct detail::geometry_codec<geo::polygon, oids::polygon, oids::polygon_array>;
template struct detail::geometry_codec<geo::circle, oids::circle, oids::circle_array>;

} // namespace pgcoro
