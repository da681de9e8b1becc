// SPDX-License-Identifier: BSL-1.0
#include "mariadb/type_mapping.hpp"

#include "failure.hpp"
#include "mariadb/collation.hpp"
#include "mariadb/text_repair.hpp"
#include "sql_text.hpp"

#include <algorithm>

namespace migrate::mariadb {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_in_primary_key(const table& t, const column& c) { return t.primary_key && has(t.primary_key->columns, c.name); }

bool is_in_key(const table& t, const column& c) {
    const auto has_column = [&](const auto& k) { return has(k.columns, c.name); };
    const auto is_unique_with_column = [&](const index& i) {
        const auto is_column = [&](const index_part& p) { return p.column == c.name; };
        return i.is_unique && std::any_of(i.parts.begin(), i.parts.end(), is_column);
    };
    return is_in_primary_key(t, c) || std::any_of(t.uniques.begin(), t.uniques.end(), has_column) ||
           std::any_of(t.foreign_keys.begin(), t.foreign_keys.end(), has_column) ||
           std::any_of(t.indexes.begin(), t.indexes.end(), is_unique_with_column);
}

std::string labels_of(const column_type& from) {
    std::string list;
    for (const auto& label : from.labels) {
        list += (list.empty() ? "" : ", ") + literal(label);
    }
    return list;
}

std::string words_for(conversion how, const column_mapping& m, bool is_required, const settings& s) {
    const std::string replaced = s.invalid_text == invalid_text::replace ? "invalid characters become U+FFFD" : "";
    switch (how) {
    case conversion::to_boolean: return "0 and 1 become false and true, other numbers are errors";
    case conversion::to_exact_double: return "numbers that it would round are errors";
    case conversion::bits_to_boolean: return "0 and 1 become false and true";
    case conversion::bits_to_digits: return "bit string";
    case conversion::bits_to_number: return "number of the bits";
    case conversion::date:
    case conversion::date_time:
    case conversion::point_in_time: {
        const bool becomes_null = s.zero_dates != zero_dates::fail && (!is_required || m.may_become_null);
        return becomes_null ? "zero dates become null" : "zero dates are errors";
    }
    case conversion::time_of_day: return "times of 24 hours and more, and negative ones, are errors";
    case conversion::choices_to_array: return "the labels become an array";
    case conversion::bytes_to_uuid: return "the 16 bytes become a UUID";
    case conversion::text:
    case conversion::json: return replaced;
    default: return "";
    }
}

std::string check_for(const column& c, conversion how) {
    if (how == conversion::choice) {
        return sql_name(c.name) + " in (" + labels_of(c.type) + ")";
    }
    if (how == conversion::choices_to_array) {
        return sql_name(c.name) + " <@ array[" + labels_of(c.type) + "]::text[]";
    }
    return "";
}

void add_notes(const table& t, const column& c, const target_type& to, column_mapping& m) {
    const auto family = family_of(c.type);
    const bool is_text = family == type_family::text || family == type_family::choice || family == type_family::choices;
    if (is_text && ignores_differences(c.collation) && is_in_key(t, c)) {
        m.notes.push_back("keys and foreign keys compare it exactly at the target: the collation " + c.collation +
                          " ignores case or accents");
    }
    if (family == type_family::choice) {
        m.notes.push_back("is sorted by its text, and not by the order of its labels");
    }
    if (c.type.base == "bigint" && c.type.is_unsigned && to.family == target_family::integer) {
        m.notes.push_back("numbers above 9223372036854775807 are errors");
    }
    if (family == type_family::date_time && to.family == target_family::timestamptz) {
        m.notes.push_back("its values are taken as UTC");
    }
    if (m.canonical == canonical_form::none) {
        m.notes.push_back("its values are not compared, only counted: PostgreSQL shows them in its own way");
    }
}

} // namespace

pgcoro::result<column_mapping> map_column(const table& t, const column& c, const column_role& role,
                                          const std::optional<std::string>& wanted, const settings& s) {
    const auto type = wanted ? wanted : default_type(c.type, role);
    if (!type) {
        const bool is_geometry = family_of(c.type) == type_family::geometry;
        return fail(failure::cannot_map, "there is no type for " + c.type.text +
                                             (is_geometry ? ": bytea would hold its well-known binary (WKB)" : ""));
    }
    const auto to = parse_target_type(*type);
    const auto rule = find_conversion(c.type, to);
    if (!rule) {
        return fail(failure::cannot_map, c.type.text + " cannot become " + *type);
    }
    if (!std::all_of(c.type.labels.begin(), c.type.labels.end(), is_acceptable_text)) {
        return fail(failure::cannot_map, "a label is not UTF-8 without NUL characters");
    }
    if (c.counted && to.family != target_family::integer) {
        return fail(failure::cannot_map, "a column that counts must be smallint, integer or bigint");
    }
    column_mapping m;
    m.type = *type;
    m.canonical = rule->canonical;
    m.is_number = rule->is_number;
    m.may_become_null =
        has_zero_dates(rule->how) && c.is_required && !is_in_primary_key(t, c) && s.zero_dates == zero_dates::drop_not_null;
    m.conversion = words_for(rule->how, m, c.is_required, s);
    if (!wanted) {
        m.check = check_for(c, rule->how);
    }
    add_notes(t, c, to, m);
    return m;
}

conversion conversion_of(const column_plan& c) {
    const auto rule = find_conversion(c.from->type, parse_target_type(c.mapping.type));
    const auto how = rule ? rule->how : conversion::none; // map_column has refused it otherwise
    // Without the check of the default mapping, any text will do.
    return how == conversion::choice && c.is_overridden ? conversion::text : how;
}

} // namespace migrate::mariadb
