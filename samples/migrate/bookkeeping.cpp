// SPDX-License-Identifier: BSL-1.0
#include "bookkeeping.hpp"

#include "failure.hpp"
#include "sums_json.hpp"
#include "text_hash.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>

namespace migrate {
namespace {

namespace json = boost::json;
using pgcoro::task;
using pgcoro::unchecked_sql;

constexpr const char* tables = R"(
create table pgcoro_migrate.runs (plan text not null, begun timestamptz not null default now());
create table pgcoro_migrate.steps (step text primary key, snapshot text not null, rows bigint not null, sums text, replaced text not null,
                                   done timestamptz not null default now());
create table pgcoro_migrate.objects (number int primary key, undo text not null, relation text not null))";

/// The tables of the earlier run that are still there.
constexpr const char* made_tables = R"(
with made as (
    select c.oid from pgcoro_migrate.objects o join pg_class c on c.oid = to_regclass(nullif(o.relation, ''))
    where c.relkind in ('r', 'p')))";
// Their partitions are dropped with them, whoever made those.
constexpr const char* lock_text = R"(
select 'lock table ' || string_agg('only ' || oid::regclass, ', ') || ' in access exclusive mode' from made)";
constexpr const char* partitions_of_others = R"(
select string_agg(i.inhrelid::regclass::text, ', ')
from pg_inherits i where i.inhparent in (select oid from made) and i.inhrelid not in (select oid from made))";
/// What goes with the tables, but needs a function or a type that goes before them.
constexpr const char* users_of_functions = R"(
, used as (
    select classid, objid from pg_depend
    where refclassid in ('pg_proc'::regclass, 'pg_type'::regclass) and refobjid >= 16384)
select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname)
from pg_constraint k join made m on m.oid = k.conrelid
where k.contype in ('c', 'x') and k.coninhcount = 0
  and exists (select from used u where (u.classid, u.objid) in (('pg_constraint'::regclass, k.oid), ('pg_class'::regclass, k.conindid)))
union all
select 'drop index ' || i.indexrelid::regclass
from pg_index i join made m on m.oid = i.indrelid join pg_class c on c.oid = i.indexrelid
where not c.relispartition and exists (select from used u where u.classid = 'pg_class'::regclass and u.objid = c.oid)
  and not exists (select from pg_constraint k where k.conindid = c.oid)
union all
select format('drop statistics %I.%I', n.nspname, e.stxname)
from pg_statistic_ext e join made m on m.oid = e.stxrelid join pg_namespace n on n.oid = e.stxnamespace
where exists (select from used u where u.classid = 'pg_statistic_ext'::regclass and u.objid = e.oid))";

task<> wait_for_lock(pgcoro::connection& db, const char* lock, std::chrono::seconds patience) {
    // A lock_timeout of 0 would wait without an end.
    const auto limit = std::max<std::int64_t>(std::chrono::milliseconds(patience).count(), 1);
    const unchecked_sql set("set lock_timeout = '" + std::to_string(limit) + "ms'");
    BOOST_OUTCOME_CO_TRY(co_await db.execute(set));
    const unchecked_sql take(lock);
    const auto taken = co_await db.execute(take);
    if (!taken && taken.error() == pgcoro::sqlstate::lock_not_available) {
        co_return fail(failure::busy, "another migration into this database is running");
    }
    BOOST_OUTCOME_CO_TRY(taken);
    BOOST_OUTCOME_CO_TRY(co_await db.execute("set lock_timeout = 0"));
    co_return pgcoro::success();
}

/// A role that may not create schemas keeps the one that was created for it.
task<> drop_bookkeeping(pgcoro::transaction& tx) {
    BOOST_OUTCOME_CO_TRY(
        co_await tx.run_script("drop table pgcoro_migrate.runs, pgcoro_migrate.steps, pgcoro_migrate.objects"));
    BOOST_OUTCOME_CO_TRY(const bool makes_schemas,
                         co_await tx.fetch_one<bool>("select has_database_privilege(current_database(), 'create')"));
    if (makes_schemas) {
        BOOST_OUTCOME_CO_TRY(co_await tx.run_script("drop schema pgcoro_migrate"));
    }
    co_return pgcoro::success();
}

} // namespace

task<> lock_target(pgcoro::connection& db, std::chrono::seconds patience) {
    BOOST_OUTCOME_CO_TRY(
        co_await wait_for_lock(db, "select pg_advisory_lock(hashtextextended('pgcoro-migrate', 0))", patience));
    // The sessions of a run that was killed may have work to end.
    BOOST_OUTCOME_CO_TRY(
        co_await wait_for_lock(db, "select pg_advisory_lock(hashtextextended('pgcoro-migrate work', 0))", patience));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("select pg_advisory_unlock(hashtextextended('pgcoro-migrate work', 0))"));
    co_return pgcoro::success();
}

task<> join_migration(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(co_await db.execute("select pg_advisory_lock_shared(hashtextextended('pgcoro-migrate work', 0))"));
    co_return pgcoro::success();
}

task<std::optional<earlier_run>> find_earlier_run(pgcoro::connection& db) {
    std::optional<earlier_run> earlier;
    BOOST_OUTCOME_CO_TRY(const bool is_there,
                         co_await db.fetch_one<bool>("select to_regclass('pgcoro_migrate.steps') is not null"));
    if (!is_there) {
        co_return earlier;
    }
    earlier.emplace();
    BOOST_OUTCOME_CO_TRY(earlier->plan, co_await db.fetch_one<std::string>("select plan from pgcoro_migrate.runs"));
    BOOST_OUTCOME_CO_TRY(const auto rows,
                         co_await db.fetch("select step, snapshot, rows, sums, replaced from pgcoro_migrate.steps"));
    for (const auto row : rows) {
        done_step how;
        BOOST_OUTCOME_CO_TRY(const auto step, row["step"].as<std::string>());
        BOOST_OUTCOME_CO_TRY(how.snapshot, row["snapshot"].as<std::string>());
        BOOST_OUTCOME_CO_TRY(how.rows, row["rows"].as<std::int64_t>());
        BOOST_OUTCOME_CO_TRY(const auto sums, row["sums"].as<std::optional<std::string>>());
        if (sums) {
            boost::system::error_code no_json;
            how.sums = sums_from_json(json::parse(*sums, no_json));
        }
        BOOST_OUTCOME_CO_TRY(const auto replaced, row["replaced"].as<std::string>());
        boost::system::error_code failure;
        how.replaced = replaced_from_json(json::parse(replaced, failure));
        earlier->steps.emplace(step, std::move(how));
    }
    co_return earlier;
}

task<> begin_run(pgcoro::transaction& tx, const std::string& plan, const std::vector<statement>& made) {
    BOOST_OUTCOME_CO_TRY(const bool has_schema,
                         co_await tx.fetch_one<bool>("select to_regnamespace('pgcoro_migrate') is not null"));
    const std::string script = std::string(has_schema ? "" : "create schema pgcoro_migrate;") + tables;
    BOOST_OUTCOME_CO_TRY(co_await tx.run_script(script));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into pgcoro_migrate.runs (plan) values ($1)", plan));
    co_return co_await add_made(tx, made);
}

task<> add_made(pgcoro::transaction& tx, const std::vector<statement>& made) {
    std::vector<std::string> undo;
    std::vector<std::string> relations;
    for (const statement& s : made) {
        if (!s.undo.empty() || !s.relation.empty()) {
            undo.push_back(s.undo);
            relations.push_back(s.relation);
        }
    }
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into pgcoro_migrate.objects "
                                             "select n + (select count(*) from pgcoro_migrate.objects), u, r "
                                             "from unnest($1::text[], $2::text[]) with ordinality as t (u, r, n)",
                                             undo, relations));
    co_return pgcoro::success();
}

task<> mark_done(pgcoro::transaction& tx, const std::string& step, const done_step& how) {
    const std::string replaced = json::serialize(to_json(how.replaced));
    std::optional<std::string> sums;
    if (how.sums) {
        sums = json::serialize(to_json(*how.sums));
    }
    BOOST_OUTCOME_CO_TRY(co_await tx.execute(
        "insert into pgcoro_migrate.steps (step, snapshot, rows, sums, replaced) values ($1, $2, $3, $4, $5)", step,
        how.snapshot, how.rows, sums, replaced));
    co_return pgcoro::success();
}

task<> undo_run(pgcoro::transaction& tx) {
    const std::string made = made_tables;
    const unchecked_sql lock_of_tables(made + lock_text);
    BOOST_OUTCOME_CO_TRY(const auto lock, co_await tx.fetch_one<std::optional<std::string>>(lock_of_tables));
    if (lock) {
        const unchecked_sql take(*lock);
        BOOST_OUTCOME_CO_TRY(co_await tx.execute(take));
    }
    const unchecked_sql of_others(made + partitions_of_others);
    BOOST_OUTCOME_CO_TRY(const auto partitions, co_await tx.fetch_one<std::optional<std::string>>(of_others));
    if (partitions) {
        co_return fail(failure::target_not_empty,
                       "--restart drops only what the earlier run has made, and these would go with its tables: " +
                           *partitions);
    }
    const unchecked_sql users(made + users_of_functions);
    BOOST_OUTCOME_CO_TRY(auto undo, co_await tx.fetch<std::string>(users));
    BOOST_OUTCOME_CO_TRY(const auto recorded, co_await tx.fetch<std::string>("select undo from pgcoro_migrate.objects "
                                                                             "where undo <> '' order by number desc"));
    undo.insert(undo.end(), recorded.begin(), recorded.end());
    for (const std::string& text : undo) {
        const unchecked_sql drop(text);
        const auto dropped = co_await tx.execute(drop);
        if (!dropped && dropped.error() == pgcoro::sqlstate::dependent_objects_still_exist) {
            co_return fail(failure::target_not_empty,
                           "--restart drops only what the earlier run has made, and others depend on it: " +
                               std::string(dropped.error().detail()));
        }
        BOOST_OUTCOME_CO_TRY(dropped);
    }
    co_return co_await drop_bookkeeping(tx);
}

task<> end_run(pgcoro::connection& db) {
    // This commit waits for the disk, and with it all earlier ones.
    BOOST_OUTCOME_CO_TRY(co_await db.execute("set synchronous_commit = on"));
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await drop_bookkeeping(tx));
    co_return co_await tx.commit();
}

std::string fingerprint(const std::vector<statement>& statements) {
    std::string all;
    for (const statement& s : statements) {
        all += s.sql;
        all += '\0';
    }
    // Two hashes with different seeds: plans differ by accident, not by an attack.
    std::string text;
    for (const std::uint64_t seed : {1U, 2U}) {
        char digits[16];
        const auto made = std::to_chars(digits, digits + sizeof digits, static_cast<std::uint64_t>(text_hash(all, seed)), 16);
        text += std::string(digits, made.ptr) + (seed == 1 ? "-" : "");
    }
    return text;
}

} // namespace migrate
