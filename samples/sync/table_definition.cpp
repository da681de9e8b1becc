// SPDX-License-Identifier: BSL-1.0
#include "table_definition.hpp"

#include <pgcoro/quote.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace data_sync {
namespace {

std::string title(const source_table& t) { return t.schema + "." + t.name; }

std::string list(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& n : names) {
        text.append(text.empty() ? "" : ", ").append(quoted_name(n));
    }
    return "(" + text + ")";
}

std::string alter(const source_table& t) { return "alter table " + sql_name(t.schema, t.name) + " "; }

/// numeric(10,2) for numeric(8,2): nothing but the first number differs, and is larger. Not of types whose values fill their
/// length: these would differ.
bool is_wider(const target_column& target, const source_column& source) {
    const bool may_grow = source.type == "numeric" || source.type == "character varying" || source.type == "bit varying" ||
                          source.type.starts_with("time");
    const auto begin = source.full_type.find('(') + 1;
    const std::string_view wide = target.full_type;
    const std::string_view narrow = source.full_type;
    if (!may_grow || begin == 0 || wide.substr(0, begin) != narrow.substr(0, begin)) {
        return false;
    }
    int more = 0;
    int less = 0;
    const auto* const wide_end = std::from_chars(wide.data() + begin, wide.data() + wide.size(), more).ptr;
    const auto* const narrow_end = std::from_chars(narrow.data() + begin, narrow.data() + narrow.size(), less).ptr;
    return more >= less && std::string_view(wide_end) == std::string_view(narrow_end);
}

/// Values of the source are values of the target, also in the binary format: a length or precision of its own would cut or
/// round them, sometimes without an error.
bool takes_all(const target_column& target, const source_column& source) {
    const auto is_text = [](const std::string& type) { return type == "text" || type == "character varying"; };
    const bool is_same = source.type == target.type || (is_text(source.type) && is_text(target.type));
    const bool has_no_limit = target.full_type == target.type;
    return is_same && (has_no_limit || source.full_type == target.full_type || is_wider(target, source));
}

void compare_columns(const source_table& source, const target_table& target, std::vector<std::string>& found) {
    for (const auto& c : source.columns) {
        const auto* const same = target.find(c.name);
        const std::string which = title(source) + ": column " + quoted_name(c.name) + " ";
        if (!same) {
            found.push_back(which + "of type " + c.full_type + " is missing in the target: " + alter(source) + "add column " +
                            quoted_name(c.name) + " " + c.full_type);
        } else if (same->is_generated) {
            found.push_back(which + "is generated in the target: its values come from the source");
        } else if (!takes_all(*same, c)) {
            found.push_back(which + "is of type " + c.full_type + " in the source, and of type " + same->full_type +
                            " in the target: " + alter(source) + "alter column " + quoted_name(c.name) + " type " +
                            c.full_type);
        }
    }
    for (const auto& c : target.columns) {
        const bool comes = std::ranges::find(source.columns, c.name, &source_column::name) != source.columns.end();
        if (!comes && !c.may_be_left_out) {
            found.push_back(title(source) + ": column " + quoted_name(c.name) +
                            " of the target is NOT NULL, has no default, and is "
                            "not in the source: " +
                            alter(source) + "alter column " + quoted_name(c.name) + " drop not null");
        }
    }
}

} // namespace

const target_column* target_table::find(const std::string& name) const {
    const auto found = std::ranges::find(columns, name, &target_column::name);
    return found == columns.end() ? nullptr : &*found;
}

std::vector<source_column> missing_columns(const source_table& source, const target_table& target) {
    std::vector<source_column> missing;
    std::ranges::copy_if(source.columns, std::back_inserter(missing), [&](const auto& c) { return !target.find(c.name); });
    return missing;
}

std::vector<std::string> find_differences(const source_table& source, const target_table* target) {
    if (!target) {
        return {title(source) + ": there is no such table in the target: create it, for example with pg_dump --schema-only"};
    }
    std::vector<std::string> found;
    compare_columns(source, *target, found);
    auto key = source.key;
    std::ranges::sort(key);
    if (!key.empty() && std::ranges::find(target->unique_keys, key) == target->unique_keys.end()) {
        found.push_back(title(source) + ": the target has no unique index on the key " + list(key) + ": " + alter(source) +
                        "add primary key " + list(source.key));
    }
    return found;
}

std::optional<std::vector<std::string>> statements_to_add(const source_table& table, const source_column& column) {
    const std::string name = quoted_name(column.name);
    const std::string add = alter(table) + "add column " + name + " " + column.full_type;
    if (column.missing_value) {
        const auto value = pgcoro::quote_literal(*column.missing_value);
        if (!value) {
            return std::nullopt;
        }
        const std::string last =
            column.default_expression ? "set default " + *column.default_expression : std::string("drop default");
        return std::vector{add + " default " + value.value() + "::" + column.type,
                           alter(table) + "alter column " + name + " " + last};
    }
    if (column.default_expression) {
        return std::nullopt; // the source has computed a value for each row, and does not send them
    }
    return std::vector{add};
}

table_shape make_shape(const pgcoro::replication::table& table, const target_table& target) {
    table_shape shape;
    shape.schema = table.schema;
    shape.name = table.name;
    const auto comes = [&](const std::string& name) {
        return std::ranges::find(table.columns, name, &pgcoro::replication::column::name) != table.columns.end();
    };
    const bool is_full = table.identity == pgcoro::replication::identity::full;
    // Old rows come whole: any key of the target will do.
    const bool has_key_of_target = is_full && !target.primary_key.empty() && std::ranges::all_of(target.primary_key, comes);
    for (const auto& c : table.columns) {
        shape_column made;
        made.name = c.name;
        made.oid = c.type;
        if (const auto* const same = target.find(c.name)) {
            made.type = same->type;
            made.is_fixed = same->is_fixed;
        }
        made.is_key =
            is_full ? has_key_of_target && std::ranges::find(target.primary_key, c.name) != target.primary_key.end() : c.is_key;
        shape.columns.push_back(std::move(made));
    }
    return shape;
}

} // namespace data_sync
