// SPDX-License-Identifier: BSL-1.0
#include "mariadb/catalog.hpp"

#include "failure.hpp"
#include "mariadb/catalog_expressions.hpp"
#include "mariadb/catalog_queries.hpp"
#include "mariadb/catalog_sequences.hpp"
#include "mariadb/catalog_tables.hpp"
#include "mariadb/collation.hpp"

#include <algorithm>

namespace migrate::mariadb {
namespace {

/// Calls with the rows, next to each other, that have the same table and name.
template <class Function>
void for_each_group(const std::vector<text_row>& rows, Function call) {
    for (auto begin = rows.begin(); begin != rows.end();) {
        const auto is_other = [&](const text_row& row) { return row[0] != (*begin)[0] || row[1] != (*begin)[1]; };
        const auto end = std::find_if(begin, rows.end(), is_other);
        call(std::span<const text_row>(begin, end));
        begin = end;
    }
}

bool is_wanted(const std::vector<std::string>& wanted, const object_name& name) {
    return wanted.empty() || std::any_of(wanted.begin(), wanted.end(),
                                         [&](const std::string& w) { return w == name.name || w == describe(name); });
}

pgcoro::result<> read_tables(session& from, const std::string& database, const std::vector<std::string>& wanted,
                             catalog_tables& into) {
    BOOST_OUTCOME_TRY(const auto tables, from.query(queries::tables));
    for (const text_row& row : tables) {
        if (is_wanted(wanted, {database, row[0].value_or("")})) {
            into.add_table(row);
        }
    }
    for (const std::string& name : wanted) {
        const auto& found = into.schema().tables;
        if (std::none_of(found.begin(), found.end(), [&](const table& t) { return is_wanted({name}, t.name); })) {
            return fail(failure::wrong_usage, "the source has no table " + name);
        }
    }
    return pgcoro::success();
}

pgcoro::result<> read_parts(session& from, catalog_tables& into) {
    BOOST_OUTCOME_TRY(const auto columns, from.query(queries::columns));
    for (const text_row& row : columns) {
        into.add_column(row);
    }
    BOOST_OUTCOME_TRY(const auto indexes, from.query(queries::indexes));
    for_each_group(indexes, [&](std::span<const text_row> rows) { into.add_index(rows); });
    BOOST_OUTCOME_TRY(const auto checks, from.query(from.is_mariadb() ? queries::checks_of_mariadb : queries::checks_of_mysql));
    for (const text_row& row : checks) {
        into.add_check(row);
    }
    BOOST_OUTCOME_TRY(const auto links, from.query(queries::foreign_keys));
    for_each_group(links, [&](std::span<const text_row> rows) { into.add_foreign_key(rows); });
    return pgcoro::success();
}

pgcoro::result<> read_the_rest(session& from, const std::string& database, catalog_tables& into) {
    migrate::schema& s = into.schema();
    BOOST_OUTCOME_TRY(const auto views, from.query(queries::views));
    for (const text_row& row : views) {
        view v;
        v.name = {database, row[0].value_or("")};
        v.query.source = row[1].value_or(""); // nobody translates it
        s.views.push_back(std::move(v));
    }
    BOOST_OUTCOME_TRY(const auto others, from.query(queries::left_out));
    for (const text_row& row : others) {
        into.add_note(row[0].value_or(""), "left out");
    }
    return pgcoro::success();
}

bool has_text_that_ignores_case(const migrate::schema& s) {
    const auto ignores = [](const column& c) { return ignores_differences(c.collation); };
    return std::any_of(s.tables.begin(), s.tables.end(),
                       [&](const table& t) { return std::any_of(t.columns.begin(), t.columns.end(), ignores); });
}

} // namespace

pgcoro::result<catalog> read_catalog(session& from, const settings& s, const std::vector<std::string>& wanted) {
    catalog_tables tables(s.database);
    BOOST_OUTCOME_TRY(read_tables(from, s.database, wanted, tables));
    BOOST_OUTCOME_TRY(read_parts(from, tables));
    if (wanted.empty()) {
        BOOST_OUTCOME_TRY(read_the_rest(from, s.database, tables));
    }
    if (from.is_mariadb()) {
        BOOST_OUTCOME_TRY(tables.schema().sequences, read_sequences(from, s.database));
    }
    if (has_text_that_ignores_case(tables.schema())) {
        tables.add_note("database " + s.database, "text is compared and sorted exactly at the target, also where a collation "
                                                  "ignores case or accents");
    }
    catalog made;
    made.roles = column_roles(tables.schema());
    tables.remove_impossible_foreign_keys(); // they link columns all the same
    translate_expressions(tables, made.roles, from.is_mariadb() ? default_style::sql : default_style::raw);
    made.schema = std::move(tables.schema());
    return made;
}

pgcoro::result<> update_next_values(session& from, const settings& s, migrate::schema& into) {
    BOOST_OUTCOME_TRY(const auto tables, from.query(queries::tables));
    for (const text_row& row : tables) {
        const auto t = std::ranges::find(into.tables, object_name{s.database, row[0].value_or("")}, &table::name);
        for (std::size_t i = 0; t != into.tables.end() && i < t->columns.size(); ++i) {
            if (auto& counted = t->columns[i].counted) {
                set_next_value(*counted, row[6]);
            }
        }
    }
    if (into.sequences.empty()) {
        return pgcoro::success();
    }
    BOOST_OUTCOME_TRY(const auto sequences, read_sequences(from, s.database));
    for (const sequence& now : sequences) {
        const auto known = std::ranges::find(into.sequences, now.name, &sequence::name);
        if (known != into.sequences.end()) {
            known->last = now.last;
            known->is_called = now.is_called;
        }
    }
    return pgcoro::success();
}

} // namespace migrate::mariadb
