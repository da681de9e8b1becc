// SPDX-License-Identifier: BSL-1.0
#include "postgres_source.hpp"

#include "failure.hpp"
#include "kept_values.hpp"
#include "postgres_catalogue.hpp"
#include "postgres_reader.hpp"
#include "session_settings.hpp"
#include "sql_text.hpp"
#include "sums_query.hpp"
#include "target_type.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>

namespace migrate {
namespace {

using pgcoro::task;

task<pgcoro::connection> open_session(pgcoro::connect_config config) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    if (db.server_version() < 140000) { // which does not know all of the settings
        co_return fail(failure::wrong_usage, "the source must be PostgreSQL 14 or later");
    }
    // Without a search path, all definitions name their schemas.
    std::string settings(canonical_settings);
    // A policy must not hide rows without a word.
    settings += "; set row_security = off; set search_path = ''";
    settings += no_time_limits;
    BOOST_OUTCOME_CO_TRY(co_await db.run_script(settings));
    co_return db;
}

task<pgcoro::transaction> begin_snapshot(pgcoro::connection& db) {
    pgcoro::transaction_options options;
    options.isolation = pgcoro::isolation_level::repeatable_read;
    options.access = pgcoro::access_mode::read_only;
    co_return co_await db.begin(options);
}

} // namespace

std::string postgres_source::description() const {
    const int version = db_.server_version();
    return "PostgreSQL " + std::to_string(version / 10000) + "." + std::to_string(version % 10000);
}

task<> postgres_source::open() {
    BOOST_OUTCOME_CO_TRY(db_, co_await open_session(config_));
    co_return pgcoro::success();
}

task<> postgres_source::take_snapshot() {
    if (!exported_.empty()) {
        co_return pgcoro::success();
    }
    BOOST_OUTCOME_CO_TRY(snapshot_, co_await begin_snapshot(db_));
    BOOST_OUTCOME_CO_TRY(exported_, co_await snapshot_.fetch_one<std::string>("select pg_export_snapshot()"));
    // The same as long as no transaction has changed anything.
    BOOST_OUTCOME_CO_TRY(id_,
                         co_await snapshot_.fetch_one<std::string>(
                             "select format('postgresql %s %s %s', (select system_identifier from pg_control_system()), "
                             "(select oid from pg_database where datname = current_database()), txid_current_snapshot())"));
    co_return pgcoro::success();
}

task<schema> postgres_source::read_schema() {
    BOOST_OUTCOME_CO_TRY(co_await take_snapshot());
    co_return co_await read_catalogue(snapshot_, options_.tables);
}

/// TRUNCATE and some forms of ALTER TABLE take rows away from older snapshots, too. They have to wait.
task<> postgres_source::lock_tables() {
    BOOST_OUTCOME_CO_TRY(const auto tables,
                         co_await snapshot_.fetch_one<std::optional<std::string>>(
                             "select string_agg(format('only %I.%I', n.nspname, c.relname), ', ') "
                             "from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                             "where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_' "
                             "and n.nspname <> 'information_schema' and has_table_privilege(c.oid, 'select')"));
    if (tables) {
        const pgcoro::unchecked_sql lock("lock table " + *tables + " in access share mode");
        BOOST_OUTCOME_CO_TRY(co_await snapshot_.execute(lock));
    }
    co_return pgcoro::success();
}

pgcoro::result<column_mapping> postgres_source::map_type(const table&, const column& c,
                                                         const std::optional<std::string>& type) const {
    column_mapping m = mapping_to(type.value_or(c.type.text));
    if (type) {
        m.conversion = "by its text";
        BOOST_OUTCOME_TRY(m.compared_as, find_way_back(c.type, m.type));
        if (m.compared_as.is_unknown) {
            m.notes.push_back("values that " + m.type +
                              " rounds or cuts are not found: both sides are compared after the cast");
        }
    } else if (c.collation.starts_with("pg_catalog.")) {
        m.collation = c.collation;
    } else if (!c.collation.empty()) {
        m.notes.push_back("the collation " + c.collation + " is left out");
    }
    return m;
}

task<std::vector<std::unique_ptr<table_reader>>> postgres_source::open_readers(unsigned most) {
    BOOST_OUTCOME_CO_TRY(co_await take_snapshot());
    BOOST_OUTCOME_CO_TRY(co_await lock_tables());
    BOOST_OUTCOME_CO_TRY(const auto encoding, co_await snapshot_.fetch_one<std::string>("select getdatabaseencoding()::text"));
    std::vector<std::unique_ptr<table_reader>> readers;
    for (unsigned i = 0; i < most; ++i) {
        BOOST_OUTCOME_CO_TRY(auto db, co_await open_session(config_));
        BOOST_OUTCOME_CO_TRY(auto tx, co_await begin_snapshot(db));
        const pgcoro::unchecked_sql set("set transaction snapshot " + literal(exported_));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute(set));
        readers.push_back(std::make_unique<postgres_reader>(std::move(db), std::move(tx), encoding));
    }
    co_return readers;
}

} // namespace migrate
