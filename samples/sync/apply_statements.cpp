// SPDX-License-Identifier: BSL-1.0
#include "apply_statements.hpp"

#include "sql_list.hpp"

#include <pgcoro/quote.hpp>

#include <algorithm>

namespace data_sync {
namespace {

/// Numbers the parameters: the new row's before those of the old one, which begin when `begin_old` is called.
class numbering {
public:
    explicit numbering(apply_statement& s) : statement_(s) {}

    std::string of_new(std::size_t column) { return number(statement_.of_new, column, 0); }
    std::string of_old(std::size_t column) { return number(statement_.of_old, column, statement_.of_new.size()); }

private:
    /// A column that is used twice has one parameter.
    static std::string number(std::vector<std::size_t>& list, std::size_t column, std::size_t before) {
        const auto found = std::ranges::find(list, column);
        const auto at = static_cast<std::size_t>(found - list.begin());
        if (found == list.end()) {
            list.push_back(column);
        }
        return "$" + std::to_string(before + at + 1);
    }

    apply_statement& statement_;
};

std::string name_of(const table_shape& table) { return sql_name(table.schema, table.name); }

/// The condition that finds one row. `value` gives the parameter of a column.
template <class Value>
std::string where(const table_shape& table, Value value) {
    std::string names;
    std::string values;
    if (table.has_key()) {
        std::string condition;
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            if (table.columns[i].is_key) {
                add(condition, " and ", quoted_name(table.columns[i].name) + " = " + value(i));
            }
        }
        return " where " + condition;
    }
    // The images of the rows: there need not be an operator = for each type. Of rows that are the same, one is changed.
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        add(names, ", ", "x." + quoted_name(table.columns[i].name));
        add(values, ", ", value(i) + "::" + table.columns[i].type);
    }
    return " where (tableoid, ctid) = (select x.tableoid, x.ctid from " + name_of(table) + " x where row(" + names +
           ")::record *= row(" + values + ")::record limit 1)";
}

/// "(columns) overriding system value": values of identity columns come from the source.
std::string insert_into(const table_shape& table) {
    std::string names;
    for (const auto& c : table.columns) {
        add(names, ", ", quoted_name(c.name));
    }
    return "insert into " + name_of(table) + (names.empty() ? "" : " (" + names + ") overriding system value");
}

/// With their types, as a NULL may come without one.
std::string all_values(const table_shape& table, numbering& number, bool with_types) {
    std::string values;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        add(values, ", ", number.of_new(i) + (with_types ? "::" + table.columns[i].type : ""));
    }
    return values;
}

/// All columns that were sent, but not the key if that has not changed.
std::string changes(const table_shape& table, const std::vector<bool>& is_sent, bool has_old, numbering& number) {
    std::string list;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& c = table.columns[i];
        if (is_sent[i] && !c.is_fixed && (has_old || !c.is_key)) {
            add(list, ", ", quoted_name(c.name) + " = " + number.of_new(i));
        }
    }
    for (const auto& c : table.columns) {
        if (list.empty() && !c.is_fixed) {
            list = quoted_name(c.name) + " = " + quoted_name(c.name); // the row must be there
        }
    }
    return list;
}

std::string update_of(const table_shape& table, const std::vector<bool>& is_sent, bool has_old, numbering& number) {
    const auto list = changes(table, is_sent, has_old, number);
    const auto value = [&](std::size_t i) { return has_old ? number.of_old(i) : number.of_new(i); };
    const auto condition = where(table, value);
    // Nothing can be set where all columns are fixed: such a row cannot have changed.
    return list.empty() ? "select 1 from " + name_of(table) + condition
                        : "update " + name_of(table) + " set " + list + condition;
}

/// Updates the row, or inserts it if there is none. The command tag counts rows that were inserted.
apply_statement update_or_insert(const table_shape& table, bool has_old) {
    apply_statement made;
    numbering number(made);
    const auto values = all_values(table, number, true); // first, as parameters of the old row follow those of the new one
    const std::vector<bool> all(table.columns.size(), true);
    const auto update = update_of(table, all, has_old, number);
    made.text = "with present as (" + update + (update.starts_with("update") ? " returning 1" : "") + ") " +
                insert_into(table) + " select " + values + " where not exists (select from present)";
    return made;
}

} // namespace

std::string quoted_name(std::string_view name) { return pgcoro::quote_identifier(name).value(); }

std::string sql_name(std::string_view schema, std::string_view name) { return quoted_name(schema) + "." + quoted_name(name); }

apply_statement insert_statement(const table_shape& table, conflict_policy policy) {
    if (policy == conflict_policy::overwrite && table.has_key()) {
        return update_or_insert(table, false);
    }
    apply_statement made;
    numbering number(made);
    const auto values = all_values(table, number, false);
    made.text = insert_into(table) + (values.empty() ? " default values" : " values (" + values + ")");
    if (policy == conflict_policy::skip) {
        made.text += " on conflict do nothing";
    }
    return made;
}

apply_statement update_statement(const table_shape& table, conflict_policy policy, const std::vector<bool>& is_sent,
                                 bool has_old) {
    const bool is_whole = std::ranges::find(is_sent, false) == is_sent.end();
    if (policy == conflict_policy::overwrite && is_whole) {
        auto made = update_or_insert(table, has_old);
        made.inserts_missing = true;
        return made;
    }
    apply_statement made;
    numbering number(made);
    made.text = update_of(table, is_sent, has_old, number);
    return made;
}

apply_statement delete_statement(const table_shape& table) {
    apply_statement made;
    numbering number(made);
    const auto value = [&](std::size_t i) { return number.of_old(i); };
    made.text = "delete from " + name_of(table) + where(table, value);
    return made;
}

std::string truncate_statement(const std::vector<std::string>& tables, bool restart_identity) {
    std::string list;
    for (const auto& t : tables) {
        add(list, ", ", t);
    }
    return "truncate " + list + (restart_identity ? " restart identity" : "");
}

} // namespace data_sync
