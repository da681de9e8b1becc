// SPDX-License-Identifier: BSL-1.0
#include "array_statements.hpp"

#include "column_arrays.hpp"
#include "sql_list.hpp"

#include <algorithm>

namespace data_sync {
namespace {

bool can_be_given(const table_shape& table) {
    return table.has_key() && std::ranges::all_of(table.columns, [](const auto& c) { return has_array(c.oid); });
}

void take(array_statement& made, const table_shape& table, std::size_t column) {
    made.columns.push_back(column);
    made.types.push_back(table.columns[column].oid);
}

std::string given(std::size_t column) { return "v.c" + std::to_string(column); }

/// "unnest($1, $2) as v (c0, c3)"
std::string rows_of(const std::vector<std::size_t>& columns) {
    std::string parameters;
    std::string names;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        add(parameters, ", ", "$" + std::to_string(i + 1));
        add(names, ", ", "c" + std::to_string(columns[i]));
    }
    return "unnest(" + parameters + ") as v (" + names + ")";
}

std::string same_key(const table_shape& table) {
    std::string condition;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].is_key) {
            add(condition, " and ", "t." + quoted_name(table.columns[i].name) + " = " + given(i));
        }
    }
    return condition;
}

} // namespace

std::optional<array_statement> array_insert(const table_shape& table) {
    if (!can_be_given(table)) {
        return std::nullopt;
    }
    array_statement made;
    std::string names;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        take(made, table, i);
        add(names, ", ", quoted_name(table.columns[i].name));
    }
    const std::string into = sql_name(table.schema, table.name) + " (" + names + ")";
    made.text = "insert into " + into + " overriding system value select * from " + rows_of(made.columns);
    if (table.may_be_copied) {
        made.copy_text = "copy " + into + " from stdin (format binary)";
    }
    return made;
}

std::optional<array_statement> array_update(const table_shape& table, const std::vector<bool>& is_sent) {
    if (!can_be_given(table)) {
        return std::nullopt;
    }
    array_statement made;
    made.kind = change_kind::update;
    made.is_whole = std::ranges::find(is_sent, false) == is_sent.end();
    std::string changes;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& c = table.columns[i];
        if (is_sent[i]) {
            take(made, table, i);
        } else if (c.is_key) {
            return std::nullopt;
        }
        if (is_sent[i] && !c.is_key && !c.is_fixed) {
            add(changes, ", ", quoted_name(c.name) + " = " + given(i));
        }
    }
    if (changes.empty()) {
        return std::nullopt;
    }
    made.text = "update " + sql_name(table.schema, table.name) + " t set " + changes + " from " + rows_of(made.columns) +
                " where " + same_key(table);
    return made;
}

std::optional<array_statement> array_delete(const table_shape& table) {
    if (!can_be_given(table)) {
        return std::nullopt;
    }
    array_statement made;
    made.kind = change_kind::remove;
    made.is_whole = false;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].is_key) {
            take(made, table, i);
        }
    }
    made.text =
        "delete from " + sql_name(table.schema, table.name) + " t using " + rows_of(made.columns) + " where " + same_key(table);
    return made;
}

} // namespace data_sync
