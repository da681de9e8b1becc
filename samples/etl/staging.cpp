// SPDX-License-Identifier: BSL-1.0
#include "staging.hpp"

#include "failure.hpp"

#include <pgcoro/pgcoro.hpp>

#include <optional>

namespace etl {
namespace {

using pgcoro::task;
using pgcoro::unchecked_sql;

constexpr const char* lock_key = "hashtextextended('pgcoro-etl ' || $1, 0)";

} // namespace

task<> staging::lock(std::chrono::seconds patience) {
    const std::string name = plan_.tables().schema + "." + pipeline_;
    const unchecked_sql attempt(std::string("select pg_try_advisory_lock(") + lock_key + ")");
    BOOST_OUTCOME_CO_TRY(const bool is_ours, co_await db_.fetch_one<bool>(attempt, name));
    if (is_ours) {
        co_return pgcoro::success();
    }
    auto locked = pgcoro::result<pgcoro::command_tag>(pgcoro::sqlstate::lock_not_available);
    if (patience.count() > 0) {
        const unchecked_sql wait(std::string("select pg_advisory_lock(") + lock_key + ")");
        const unchecked_sql limit("set lock_timeout = '" + std::to_string(patience.count()) + "s'");
        BOOST_OUTCOME_CO_TRY(co_await db_.execute(limit));
        locked = co_await db_.execute(wait, name);
        BOOST_OUTCOME_CO_TRY(co_await db_.execute("reset lock_timeout"));
    }
    if (!locked && locked.error() == pgcoro::sqlstate::lock_not_available) {
        co_return fail(failure::busy, "another run of the pipeline " + pipeline_ + " goes on");
    }
    BOOST_OUTCOME_CO_TRY(std::move(locked));
    co_return pgcoro::success();
}

/// Only if it is missing: whoever runs a pipeline need not be allowed to create schemas.
task<> staging::make_jobs() {
    const auto& tables = plan_.tables();
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db_.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("select pg_advisory_xact_lock(hashtextextended('pgcoro-etl', 0))"));
    BOOST_OUTCOME_CO_TRY(const bool has_schema,
                         co_await tx.fetch_one<bool>("select to_regnamespace($1) is not null", tables.schema));
    if (!has_schema) {
        const unchecked_sql create("create schema " + tables.schema);
        BOOST_OUTCOME_CO_TRY(co_await tx.execute(create));
    }
    BOOST_OUTCOME_CO_TRY(const bool has_jobs, co_await tx.fetch_one<bool>("select to_regclass($1) is not null", tables.jobs));
    if (!has_jobs) {
        const unchecked_sql create("create table " + tables.jobs +
                                   " (pipeline text primary key, shape text not null, rows bigint not null,"
                                   " checksum text not null, changed timestamptz not null default now())");
        BOOST_OUTCOME_CO_TRY(co_await tx.execute(create));
    }
    co_return co_await tx.commit();
}

/// The columns of the staging table.
std::string staging::shape() const { return plan_.create_stage(); }

task<staged_so_far> staging::open() {
    BOOST_OUTCOME_CO_TRY(co_await make_jobs());
    const auto& tables = plan_.tables();
    const unchecked_sql known("select rows, checksum from " + tables.jobs +
                              " where pipeline = $1 and shape = $2 and to_regclass($3) is not null");
    BOOST_OUTCOME_CO_TRY(const auto found, co_await db_.fetch_optional<staged_so_far>(known, pipeline_, shape(), tables.stage));
    if (found) {
        // The table is not logged: it is empty after a crash of the server.
        const unchecked_sql count("select count(*) from " + tables.stage);
        BOOST_OUTCOME_CO_TRY(const auto rows, co_await db_.fetch_one<std::int64_t>(count));
        if (rows == found->rows) {
            co_return *found;
        }
    }
    BOOST_OUTCOME_CO_TRY(co_await start_over());
    co_return staged_so_far();
}

task<> staging::start_over() {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db_.begin());
    BOOST_OUTCOME_CO_TRY(co_await remove_staging(tx, plan_.tables(), pipeline_));
    const unchecked_sql create(plan_.create_stage());
    const unchecked_sql note("insert into " + plan_.tables().jobs +
                             " (pipeline, shape, rows, checksum) values ($1, $2, 0, '')");
    BOOST_OUTCOME_CO_TRY(co_await tx.execute(create));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute(note, pipeline_, shape()));
    co_return co_await tx.commit();
}

task<> staging::remove() {
    writer_ = pgcoro::copy_writer();
    transaction_ = pgcoro::transaction();
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db_.begin());
    BOOST_OUTCOME_CO_TRY(co_await remove_staging(tx, plan_.tables(), pipeline_));
    co_return co_await tx.commit();
}

task<> staging::write(std::string_view rows) {
    if (!is_writing_) {
        const unchecked_sql copy(plan_.copy_to_stage());
        BOOST_OUTCOME_CO_TRY(transaction_, co_await db_.begin());
        BOOST_OUTCOME_CO_TRY(writer_, co_await transaction_.copy_in(copy));
        is_writing_ = true;
    }
    co_return co_await writer_.write(rows);
}

task<> staging::checkpoint(const staged_so_far& now) {
    if (!is_writing_) {
        co_return pgcoro::success();
    }
    is_writing_ = false;
    BOOST_OUTCOME_CO_TRY(co_await writer_.finish());
    const unchecked_sql note("update " + plan_.tables().jobs +
                             " set rows = $2, checksum = $3, changed = now() where pipeline = $1");
    BOOST_OUTCOME_CO_TRY(co_await transaction_.execute(note, pipeline_, now.rows, now.checksum));
    co_return co_await transaction_.commit();
}

task<> remove_staging(pgcoro::transaction& tx, const staging_tables& tables, const std::string& pipeline) {
    const unchecked_sql drop("drop table if exists " + tables.stage + ", " + tables.probe);
    const unchecked_sql forget("delete from " + tables.jobs + " where pipeline = $1");
    BOOST_OUTCOME_CO_TRY(co_await tx.execute(drop));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute(forget, pipeline));
    co_return pgcoro::success();
}

} // namespace etl
