// SPDX-License-Identifier: BSL-1.0
#include "mariadb/default_type.hpp"

#include "mariadb/declared_type.hpp"

namespace migrate::mariadb {
namespace {

std::string in_parentheses(std::int64_t number) { return "(" + std::to_string(number) + ")"; }

/// The next larger type for what is unsigned.
std::string integer_type(const column_type& from, const column_role& role) {
    if (from.base == "tinyint") {
        const bool is_boolean = from.length == 1 && !from.is_unsigned && !role.is_counted && !role.is_linked;
        return is_boolean ? "boolean" : "smallint";
    }
    if (from.base == "smallint") {
        return from.is_unsigned ? "integer" : "smallint";
    }
    if (from.base == "mediumint") {
        return "integer";
    }
    if (from.base == "int") {
        return from.is_unsigned ? "bigint" : "integer";
    }
    return from.is_unsigned && !role.is_counted ? "numeric(20)" : "bigint";
}

std::string text_type(const column_type& from) {
    // Spaces at the end of char(n) do not belong to the value, so varchar(n) holds what clients of MariaDB see.
    const bool has_limit = (from.base == "char" || from.base == "varchar") && from.length.value_or(0) > 0;
    return has_limit ? "varchar" + in_parentheses(*from.length) : "text";
}

} // namespace

std::optional<std::string> default_type(const column_type& from, const column_role& role) {
    const std::string digits = in_parentheses(from.length.value_or(0)); // of fractions of seconds
    switch (family_of(from)) {
    case type_family::integer: return integer_type(from, role);
    case type_family::year: return "smallint";
    case type_family::decimal:
        return "numeric(" + std::to_string(from.length.value_or(10)) + "," + std::to_string(from.scale.value_or(0)) + ")";
    case type_family::real: return "real";
    case type_family::double_precision: return "double precision";
    case type_family::bits: return from.length.value_or(1) == 1 ? "boolean" : "bit" + in_parentheses(*from.length);
    case type_family::date: return "date";
    case type_family::date_time: return "timestamp" + digits;
    case type_family::timestamp: return "timestamp" + digits + " with time zone";
    case type_family::time: return "interval" + digits;
    case type_family::text: return text_type(from);
    case type_family::choice: return "text";
    case type_family::choices: return "text[]";
    case type_family::json: return "jsonb";
    case type_family::bytes: return "bytea";
    case type_family::uuid: return "uuid";
    case type_family::address: return "inet";
    case type_family::geometry:
    case type_family::unknown: return std::nullopt;
    }
    return std::nullopt;
}

} // namespace migrate::mariadb
