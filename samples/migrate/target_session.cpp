// SPDX-License-Identifier: BSL-1.0
#include "target_session.hpp"

#include "failure.hpp"
#include "session_settings.hpp"
#include "sums_query.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>

#include <string>

namespace migrate {
namespace {

// A commit that is lost in a crash of the server takes its mark in the bookkeeping with it, so commits need not wait for the
// disk: the last one does, and all others are there before it. Bodies of functions are checked when they run: their tables come
// later.
constexpr const char* settings = "; set search_path = ''; set synchronous_commit = off; set check_function_bodies = off;"
                                 "set maintenance_work_mem = '256MB'; set client_min_messages = warning";

} // namespace

pgcoro::task<pgcoro::connection> open_target(pgcoro::connect_config config) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    if (db.server_version() < 140000) { // which does not know all of the settings
        co_return fail(failure::wrong_usage, "the target must be PostgreSQL 14 or later");
    }
    BOOST_OUTCOME_CO_TRY(co_await db.run_script(std::string(canonical_settings) + std::string(no_time_limits) + settings));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("set client_connection_check_interval = '2s'"));
    co_return db;
}

pgcoro::task<std::string> read_encoding(pgcoro::connection& db) {
    co_return co_await db.fetch_one<std::string>("select getdatabaseencoding()::text");
}

} // namespace migrate
