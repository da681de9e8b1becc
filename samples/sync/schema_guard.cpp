// SPDX-License-Identifier: BSL-1.0
#include "schema_guard.hpp"

#include "catalogues.hpp"
#include "failure.hpp"
#include "servers.hpp"

#include <pgcoro/pgcoro.hpp>

#include <algorithm>

namespace data_sync {

using pgcoro::task;

namespace {

/// The table as the stream describes it, with the types that its columns have in the source now. A column that is gone there
/// has none, and is compared no more.
source_table as_streamed(const pgcoro::replication::table& streamed, const std::vector<source_table>& published) {
    source_table made;
    made.schema = streamed.schema;
    made.name = streamed.name;
    const auto same =
        std::ranges::find_if(published, [&](const auto& t) { return t.schema == streamed.schema && t.name == streamed.name; });
    if (same == published.end()) {
        return made;
    }
    made.key = same->key;
    std::ranges::copy_if(same->columns, std::back_inserter(made.columns), [&](const auto& c) {
        return std::ranges::find(streamed.columns, c.name, &pgcoro::replication::column::name) != streamed.columns.end();
    });
    return made;
}

/// [0] no trigger of the table or its partitions acts; [1] no rule does, nor row-level security, of which COPY knows nothing.
constexpr char what_acts[] = R"(
    with t as (select to_regclass($1::text) as root),
         parts as (select root as part from t union select relid from t, pg_catalog.pg_partition_tree(t.root))
    select current_setting('session_replication_role') = 'replica' and not exists
               (select from pg_catalog.pg_trigger where tgrelid in (select part from parts) and tgenabled in ('A', 'R')),
           not exists (select from pg_catalog.pg_rewrite, t where ev_class = t.root and ev_enabled in ('A', 'R'))
               and not row_security_active(t.root)
    from t)";

task<> add_columns(journal& j, pgcoro::transaction& tx, const source_table& table, const std::vector<source_column>& columns) {
    for (const auto& c : columns) {
        const auto statements = statements_to_add(table, c);
        if (!statements) {
            co_return fail(failure::schema_changed,
                           table.schema + "." + table.name + ": the new column " + quoted_name(c.name) +
                               " has a default that is computed for each row: add it to the target by hand, with the values of "
                               "the source");
        }
        for (const auto& text : *statements) {
            const pgcoro::unchecked_sql statement(text);
            BOOST_OUTCOME_CO_TRY(co_await tx.execute(statement));
            j.event("ddl", text, {{"statement", text}});
        }
    }
    co_return pgcoro::success();
}

} // namespace

task<std::vector<std::string>> compare_tables(std::vector<source_table> tables, pgcoro::connection& target) {
    std::vector<std::string> differences;
    for (const auto& t : tables) {
        BOOST_OUTCOME_CO_TRY(const auto same, co_await read_target_table(target, t.schema, t.name));
        const target_table* const found = same ? &*same : nullptr;
        std::ranges::move(find_differences(t, found), std::back_inserter(differences));
    }
    co_return differences;
}

task<table_shape> plan_table(const options& o, journal& j, pgcoro::transaction& tx, const pgcoro::replication::table& table) {
    BOOST_OUTCOME_CO_TRY(auto source, co_await connect_source(o));
    BOOST_OUTCOME_CO_TRY(const auto published, co_await read_published_tables(source, o.publication));
    const auto streamed = as_streamed(table, published);
    BOOST_OUTCOME_CO_TRY(auto target, co_await read_target_table(tx, table.schema, table.name));
    if (target && o.follows_ddl) {
        const auto missing = missing_columns(streamed, *target);
        BOOST_OUTCOME_CO_TRY(co_await add_columns(j, tx, streamed, missing));
        BOOST_OUTCOME_CO_TRY(target, co_await read_target_table(tx, table.schema, table.name));
    }
    const target_table* const found = target ? &*target : nullptr;
    auto differences = find_differences(streamed, found);
    for (const auto& c : table.columns) {
        const bool is_compared = std::ranges::find(streamed.columns, c.name, &source_column::name) != streamed.columns.end();
        if (found && !is_compared && !found->find(c.name)) {
            differences.push_back(table.schema + "." + table.name + ": column " + quoted_name(c.name) +
                                  " is missing in the target, and is gone in the source: add it until its changes are applied");
        }
    }
    if (!differences.empty()) {
        co_return fail(failure::schema_changed,
                       join(differences) + (o.follows_ddl ? "" : " (then run again; --ddl follow adds new columns)"));
    }
    auto shape = make_shape(table, *found);
    using booleans = std::pair<bool, bool>;
    BOOST_OUTCOME_CO_TRY(const auto may, co_await tx.fetch_one<booleans>(what_acts, sql_name(table.schema, table.name)));
    shape.may_be_combined = may.first;
    shape.may_be_copied = may.second;
    co_return shape;
}

} // namespace data_sync
