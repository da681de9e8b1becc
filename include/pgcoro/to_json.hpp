// SPDX-License-Identifier: BSL-1.0
// `to_json(rows)`: results as JSON documents. A program that includes this header links with Boost.JSON, or compiles
// <boost/json/src.hpp> in one of its files.
//
// | PostgreSQL                                | JSON                                                      |
// |-------------------------------------------|-----------------------------------------------------------|
// | NULL                                      | null                                                      |
// | bool                                      | true, false                                               |
// | int2, int4, int8, oid                     | a number                                                  |
// | float4, float8                            | a number; "NaN", "Infinity" and "-Infinity" are strings   |
// | numeric                                   | a string with all digits, which a JSON number may lose    |
// | json, jsonb                               | the document itself                                       |
// | arrays                                    | arrays, of arrays if there are more dimensions            |
// | timestamp, timestamptz                    | "2024-05-01T12:00:00", "2024-05-01T12:00:00+00:00"        |
// | everything else                           | a string: the text of <pgcoro/to_text.hpp>                |
//
// The last row includes types without binary output (docs/rows.md); their arrays are arrays of strings.
#pragma once

#include <pgcoro/detail/array_format.hpp>
#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/detail/field_access.hpp>
#include <pgcoro/detail/text_form.hpp>
#include <pgcoro/rowset.hpp>
#include <pgcoro/types/boolean.hpp>
#include <pgcoro/types/boost_json.hpp>
#include <pgcoro/types/integer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro {
namespace detail {

/// `depth` is the number of further levels that arrays may nest, which is possible with domains over arrays. `style` is that of
/// the strings: `json` or `known_json`.
inline errc json_of(oid_number type, value_bytes bytes, const type_catalogue& types, int depth, boost::json::value& out,
                    text_style style = text_style::json);

inline errc json_of_text(oid_number type, value_bytes bytes, const type_catalogue& types, text_style style,
                         boost::json::value& out) {
    std::string text;
    const errc failure = append_text(type, bytes, types, style, text);
    out = text;
    return failure;
}

template <class T>
errc json_of_value(oid_number type, value_bytes bytes, boost::json::value& out) {
    T value{};
    const errc failure = pg_type<T>::decode(type, bytes, value);
    out = value;
    return failure;
}

/// Uses the text, to keep the digits of a float4 instead of those of the nearest double.
inline errc json_of_float(oid_number type, value_bytes bytes, const type_catalogue& types, boost::json::value& out) {
    const errc failure = json_of_text(type, bytes, types, text_style::json, out);
    const auto& text = out.get_string();
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure == errc{} && std::isfinite(number) && text != "NaN") {
        out = number;
    }
    return failure;
}

inline errc json_of_elements(array_reader& from, std::span<const array_dimension> dimensions, const type_catalogue& types,
                             int depth, boost::json::value& out, text_style style) {
    auto& array = out.emplace_array();
    for (std::int32_t i = 0; i < dimensions[0].size; ++i) {
        auto& element = array.emplace_back(nullptr);
        errc failure{};
        if (dimensions.size() > 1) {
            failure = json_of_elements(from, dimensions.subspan(1), types, depth, element, style);
        } else {
            value_bytes bytes;
            bool is_null = false;
            if (!from.next(bytes, is_null)) {
                return errc::malformed_value;
            }
            if (!is_null) {
                failure = json_of(types.base(from.element_type()), bytes, types, depth, element, style);
            }
        }
        if (failure != errc{}) {
            return failure;
        }
    }
    return {};
}

inline errc json_of_array(value_bytes bytes, const type_catalogue& types, int depth, boost::json::value& out,
                          text_style style) {
    array_reader array(bytes);
    if (depth == 0) {
        return errc::value_out_of_range;
    }
    if (!array.open()) {
        return errc::malformed_value;
    }
    out.emplace_array();
    if (!array.dimensions().empty()) {
        if (const errc failure = json_of_elements(array, array.dimensions(), types, depth - 1, out, style); failure != errc{}) {
            return failure;
        }
    }
    return array.at_end() ? errc{} : errc::malformed_value;
}

inline errc json_of(oid_number type, value_bytes bytes, const type_catalogue& types, int depth, boost::json::value& out,
                    text_style style) {
    switch (type) {
    case oids::bool_: return json_of_value<bool>(type, bytes, out);
    case oids::int2:
    case oids::int4:
    case oids::int8:
    case oids::oid: return json_of_value<std::int64_t>(type, bytes, out);
    case oids::float4:
    case oids::float8: return json_of_float(type, bytes, types, out);
    case oids::json:
    case oids::jsonb: return pg_type<boost::json::value>::decode(type, bytes, out);
    default: break;
    }
    return type == oids::anyarray || types.element(type) != oids::unspecified ? json_of_array(bytes, types, depth, out, style)
                                                                              : json_of_text(type, bytes, types, style, out);
}

/// A value received as text, because its type or another column has no binary output: a string, or an array of strings.
inline void json_of_text_format(oid_number type, value_bytes bytes, const type_catalogue& types, boost::json::value& out) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const oid_number element = types.element(type);
    // For a user-defined type with a binary format, the separator of the elements is not known.
    if (element != oids::unspecified && element != oids::box && (is_built_in(element) || types.never_binary(element))) {
        byte_buffer buffer;
        value_writer elements(buffer);
        if (write_array_of_texts(text, ',', elements) == errc{} &&
            json_of_array({buffer.data(), buffer.size()}, types, most_nested, out, text_style::json) == errc{}) {
            return;
        }
    }
    out = text;
}

} // namespace detail

/// The value of a field as JSON.
///
/// Errors: `errc::no_such_column`, `errc::no_rows`, `errc::malformed_value`, `errc::value_out_of_range` (a document of json or
/// jsonb that boost::json::value cannot hold, or arrays and composites nested more than 16 levels deep),
/// `errc::value_too_large` (a part of it would be more than 1 GiB - 1 of text).
inline result<boost::json::value> to_json(const field_view& field) {
    using detail::field_access;
    if (!field.exists()) {
        return field_access::why_missing(field);
    }
    boost::json::value value;
    if (field.is_null()) {
        return value;
    }
    const auto result = field_access::result(field);
    const int column = field_access::column(field);
    const auto bytes = result.cell(field_access::row(field), column).bytes();
    if (result.column_format(column) == 0) {
        detail::json_of_text_format(result.column_type(column), bytes, result.types(), value);
        return value;
    }
    const errc failure = detail::json_of(result.column_type(column), bytes, result.types(), detail::most_nested, value);
    if (failure != errc{}) {
        return detail::printing_failure(failure, field, "boost::json::value");
    }
    return value;
}

/// An array with an object for each row: `[{"id": 1, "name": "Ada"}, ...]`. Of columns with the same name, the first one
/// counts. Errors: those of a field.
inline result<boost::json::value> to_json(const rowset& rows) {
    boost::json::array array;
    array.reserve(rows.size());
    for (const auto row : rows) {
        auto& object = array.emplace_back(boost::json::object()).get_object();
        std::size_t column = 0;
        for (const auto field : row) {
            BOOST_OUTCOME_TRY(auto value, to_json(field));
            object.emplace(rows.columns()[column++].name(), std::move(value));
        }
    }
    return boost::json::value(std::move(array));
}

} // namespace pgcoro
