// SPDX-License-Identifier: BSL-1.0
// `to_json(row)`: rows of a replication stream as JSON objects. Values are as in <pgcoro/to_json.hpp>, which also says what a
// program that includes this header links with.
#pragma once

#include <pgcoro/changed_row.hpp>
#include <pgcoro/to_json.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

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

} // namespace detail

/// Errors: `errc::value_not_sent`, `errc::malformed_value`, `errc::value_out_of_range`, `errc::value_too_large`.
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
    if (cell.is_text) {
        detail::json_of_text_format(field.column().type, cell.bytes(), access::types(field), value);
        return value;
    }
    const errc failure = detail::json_of(field.column().type, cell.bytes(), access::types(field), detail::most_nested, value);
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
