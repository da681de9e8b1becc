// SPDX-License-Identifier: BSL-1.0
#include "source_checks.hpp"

#include "catalogues.hpp"
#include "failure.hpp"
#include "servers.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

namespace data_sync {
namespace {

using pgcoro::task;

struct publication_kind {
    bool updates;
    bool deletes;
};

constexpr char facts_query[] = R"(
    select current_setting('wal_level'),
           (select rolreplication or rolsuper from pg_catalog.pg_roles where rolname = current_user),
           current_setting('max_replication_slots')::int8,
           (select count(*) from pg_catalog.pg_replication_slots),
           (select count(*) from pg_catalog.pg_replication_slots where slot_name = any($1)),
           current_setting('max_wal_senders')::int8,
           (select count(*) from pg_catalog.pg_stat_replication where application_name <> 'pgcoro-sync'))";

constexpr char kinds[] = "select pubupdate, pubdelete from pg_catalog.pg_publication where pubname = $1";

/// "SCHEMA.TABLE" as SQL takes it: it may be quoted already.
task<std::string> table_list(pgcoro::connection& source, const options& o) {
    std::string list;
    for (const auto& name : o.tables) {
        auto found = co_await source.fetch_optional<std::string>(
            "select format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c join pg_catalog.pg_namespace n "
            "on n.oid = c.relnamespace where c.oid = to_regclass($1)",
            name);
        BOOST_OUTCOME_CO_TRY(const auto table, std::move(found));
        if (!table) {
            co_return fail(failure::not_ready, "the source has no table " + name + " (write SCHEMA.TABLE)");
        }
        list.append(list.empty() ? "" : ", ").append(*table);
    }
    co_return list;
}

task<> create_publication(pgcoro::connection& source, const options& o) {
    const auto name = pgcoro::quote_identifier(o.publication);
    BOOST_OUTCOME_CO_TRY(const auto quoted_name, name);
    if (o.tables.empty() && !o.has_all_tables) {
        co_return fail(failure::not_ready, "the source has no publication \"" + o.publication +
                                               "\": create it (create publication " + quoted_name +
                                               " for table ...), or give --table or --all-tables");
    }
    std::string what = " for all tables";
    if (!o.has_all_tables) {
        BOOST_OUTCOME_CO_TRY(const auto list, co_await table_list(source, o));
        what = " for table " + list;
    }
    const pgcoro::unchecked_sql statement("create publication " + quoted_name + what);
    BOOST_OUTCOME_CO_TRY(co_await source.execute(statement));
    co_return pgcoro::success();
}

/// Tables whose rows the source itself would refuse to update.
void find_keyless(const std::vector<source_table>& tables, const publication_kind& kind, std::vector<std::string>& wrong) {
    for (const auto& t : tables) {
        if (!t.identifies_rows && (kind.updates || kind.deletes)) {
            wrong.push_back(
                t.schema + "." + t.name +
                ": the source's table has no primary key, so that its rows could be neither updated nor deleted while "
                "it is published: add one, or alter table " +
                sql_name(t.schema, t.name) + " replica identity full");
        }
    }
}

} // namespace

std::vector<std::string> find_obstacles(const source_facts& f, std::size_t targets) {
    std::vector<std::string> wrong;
    const auto wanted = static_cast<std::int64_t>(targets);
    if (f.wal_level != "logical") {
        wrong.push_back("the source has wal_level = " + f.wal_level +
                        ": set wal_level = logical in postgresql.conf and restart it");
    }
    if (!f.may_replicate) {
        wrong.emplace_back("the source's role may not replicate: alter role ... replication");
    }
    const auto missing_slots = wanted - f.own_slots - (f.max_slots - f.slots);
    if (missing_slots > 0) {
        wrong.push_back("the source has " + std::to_string(f.max_slots - f.slots) + " replication slots left, and " +
                        std::to_string(wanted - f.own_slots) + " are needed: set max_replication_slots to at least " +
                        std::to_string(f.max_slots + missing_slots) + " and restart it");
    }
    if (f.max_senders - f.senders < wanted) {
        wrong.push_back("the source has " + std::to_string(f.max_senders - f.senders) + " WAL senders left, and " +
                        std::to_string(wanted) + " are needed: set max_wal_senders to at least " +
                        std::to_string(f.senders + wanted) + " and restart it");
    }
    return wrong;
}

task<> prepare_source(const options& o) {
    std::vector<std::string> slots;
    for (const auto& t : o.targets) {
        slots.push_back(o.slot_of(t));
    }
    BOOST_OUTCOME_CO_TRY(auto source, co_await connect_source(o));
    BOOST_OUTCOME_CO_TRY(const auto facts, co_await source.fetch_one<source_facts>(facts_query, slots));
    auto wrong = find_obstacles(facts, o.targets.size());
    if (!wrong.empty()) {
        co_return fail(failure::not_ready, join(wrong));
    }
    BOOST_OUTCOME_CO_TRY(auto kind, co_await source.fetch_optional<publication_kind>(kinds, o.publication));
    if (!kind) {
        BOOST_OUTCOME_CO_TRY(co_await create_publication(source, o));
        BOOST_OUTCOME_CO_TRY(kind, co_await source.fetch_optional<publication_kind>(kinds, o.publication));
    }
    BOOST_OUTCOME_CO_TRY(const auto tables, co_await read_published_tables(source, o.publication));
    if (kind) {
        find_keyless(tables, *kind, wrong);
    }
    if (!wrong.empty()) {
        co_return fail(failure::not_ready, join(wrong));
    }
    co_return pgcoro::success();
}

} // namespace data_sync
