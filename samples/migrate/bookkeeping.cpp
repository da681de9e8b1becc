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
