// SPDX-License-Identifier: BSL-1.0
// `to_json(row)`: rows of a replication stream as JSON objects. Values are as in <pgcoro/to_json.hpp>, which also says what a
// program that includes this header links with.
//
// With `replication_options::binary` = false, the JSON is the same for all types that can be converted from text (that option
// lists them). A value of another type is a string, the server's text; an array of another built-in type, except box, is an
// array of strings. This differs from the JSON of binary values for
//
// - regclass and similar types: a name, not a number;
// - ranges and composites of timestamptz: in the session's TimeZone, not in UTC;
// - arrays of box, and of ranges, composites and base types that users have defined: one string;
// - types whose binary format is not known: a string, not an error.
#pragma once

#include <pgcoro/changed_row.hpp>
#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/detail/byte_buffer.hpp>
#include <pgcoro/to_json.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>
#include <utility>

namespace pgcoro {
namespace detail {

struct changed_field_access {
    static const changed_cell& cell(const changed_field& field) noexcept { return *field.cell_; }
    static const type_catalogue& types(const changed_field& field) noexcept { return *field.table_->types; }
    static error failure(const changed_field& field, errc why) {
        static constexpr column_requirement requirement{"boost::json::value", oids::unspecified, nullptr, true, {}, nullptr};
        return field.why(why, *field.cell_, requirement);
    }
};

inline errc json_of_changed(const changed_field& field, value_bytes bytes, boost::json::value& out) {
    return json_of(field.column().type, bytes, changed_field_access::types(field), most_nested, out, text_style::known_json);
}

/// By way of the binary form, where the type has one that can be made.
inline errc json_of_changed_text(const changed_field& field, value_bytes bytes, boost::json::value& out) {
    const auto& types = changed_field_access::types(field);
    const auto& column = field.column();
    if (!column.is_text) {
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        byte_buffer converted;
        value_writer to(converted);
        const errc failure = write_binary_form(column.type, text, types, to);
        if (failure == errc{}) {
            return json_of_changed(field, {converted.data(), converted.size()}, out);
        }
        // An array of a user's type may separate its elements in another way.
        if (failure != errc::type_mismatch && is_built_in(column.type)) {
            return failure;
        }
    }
    json_of_text_format(column.type, bytes, types, out);
    return {};
}

} // namespace detail

/// Errors: `errc::value_not_sent`; `errc::malformed_value`; `errc::value_out_of_range`; `errc::value_too_large`;
/// `errc::unknown_type` if it came in a binary format that is not known: that of money, of most types of extensions, and of
/// types that were dropped before the change was read. The message names the type. As text such values can be read.
inline result<boost::json::value> to_json(const changed_field& field) {
    using access = detail::changed_field_access;
    const auto& cell = access::cell(field);
    boost::json::value value;
    if (!cell.is_sent()) {
        return access::failure(field, errc::value_not_sent);
    }
    if (cell.is_null()) {
        return value;
    }
    const errc failure = cell.is_text ? detail::json_of_changed_text(field, cell.bytes(), value)
                                      : detail::json_of_changed(field, cell.bytes(), value);
    return failure == errc{} ? result<boost::json::value>(std::move(value)) : access::failure(field, failure);
}

/// An object with the columns that were sent. Errors: those of a field.
inline result<boost::json::value> to_json(const changed_row& row) {
    boost::json::object object;
    for (const auto field : row) {
        if (field.is_sent()) {
            BOOST_OUTCOME_TRY(auto value, to_json(field));
            object.emplace(field.name(), std::move(value));
        }
    }
    return boost::json::value(std::move(object));
}

} // namespace pgcoro
