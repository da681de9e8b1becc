// SPDX-License-Identifier: BSL-1.0
// json and jsonb as boost::json::value, or as any type that Boost.JSON converts: `json_as<T>`. Not in <pgcoro/types.hpp>. A
// program that includes this header links with Boost.JSON, or compiles <boost/json/src.hpp> in one of its files.
//
// A boost::json::value has 64 bits for integers and double for other numbers; jsonb has more digits. If they matter, read the
// document's text into pgcoro::json.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <boost/json/error.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serializer.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace pgcoro {

/// A value that is a JSON document in the database: `boost::json::value_from` makes it, `boost::json::value_to` reads it. Types
/// opt in as Boost.JSON prescribes; described structs (BOOST_DESCRIBE_STRUCT) need nothing more.
template <class T>
struct json_as {
    json_as() = default;
    explicit json_as(T content) : value(std::move(content)) {}

    T value{};

    friend bool operator==(const json_as&, const json_as&) = default;
};

/// A parameter is sent as jsonb. `errc::malformed_value` if the text is not JSON, `errc::value_out_of_range` if arrays and
/// objects nest deeper than 1000 levels, or a number exceeds the largest double.
template <>
struct pg_type<boost::json::value> {
    static constexpr std::string_view name = "boost::json::value";
    static constexpr oid_number oid = oids::jsonb;
    static constexpr oid_number array_oid = oids::jsonb_array;

    static void encode(const boost::json::value& value, value_writer& out) {
        out.put(jsonb_version);
        boost::json::serializer serializer;
        serializer.reset(&value);
        std::array<char, 1024> part; // NOLINT(cppcoreguidelines-pro-type-member-init): the serializer fills it
        while (!serializer.done() && out.ok()) {
            const auto text = serializer.read(part.data(), part.size());
            out.put(text.data(), text.size());
        }
    }

    static constexpr bool accepts(oid_number column) noexcept { return column == oids::jsonb || column == oids::json; }

    static errc decode(oid_number column, value_bytes bytes, boost::json::value& out) {
        if (column == oids::jsonb) {
            if (bytes.empty() || bytes[0] != std::byte{jsonb_version}) {
                return errc::malformed_value;
            }
            bytes = bytes.subspan(1);
        }
        boost::json::parse_options options;
        options.max_depth = 1000;
        boost::system::error_code failure;
        out = boost::json::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, failure, {}, options);
        if (failure == boost::json::error::too_deep || failure == boost::json::error::exponent_overflow) {
            return errc::value_out_of_range;
        }
        if (failure) {
            return errc::malformed_value;
        }
        return is_finite(out) ? errc{} : errc::value_out_of_range;
    }

private:
    // JSON has no infinity, but Boost.JSON reads a number that is too large as one.
    static bool is_finite(const boost::json::value& value) {
        if (const double* const number = value.if_double()) {
            return std::isfinite(*number);
        }
        if (const auto* const elements = value.if_array()) {
            return std::all_of(elements->begin(), elements->end(), is_finite);
        }
        const auto* const members = value.if_object();
        return !members || std::all_of(members->begin(), members->end(), [](const auto& m) { return is_finite(m.value()); });
    }

    static constexpr std::uint8_t jsonb_version = 1;
};

/// As above. A document that is not a T is `errc::value_out_of_range`.
template <class T>
struct pg_type<json_as<T>> {
    static constexpr std::string_view name = "pgcoro::json_as";
    static constexpr oid_number oid = oids::jsonb;
    static constexpr oid_number array_oid = oids::jsonb_array;

    static void encode(const json_as<T>& value, value_writer& out) {
        pg_type<boost::json::value>::encode(boost::json::value_from(value.value), out);
    }

    static constexpr bool accepts(oid_number column) noexcept { return pg_type<boost::json::value>::accepts(column); }

    static errc decode(oid_number column, value_bytes bytes, json_as<T>& out) {
        boost::json::value document;
        if (const errc failure = pg_type<boost::json::value>::decode(column, bytes, document); failure != errc{}) {
            return failure;
        }
        auto converted = boost::json::try_value_to<T>(document);
        if (!converted) {
            return errc::value_out_of_range;
        }
        out.value = std::move(*converted);
        return {};
    }
};

} // namespace pgcoro
