// SPDX-License-Identifier: BSL-1.0
#include "servers.hpp"

namespace data_sync {

pgcoro::connect_config config_of(const std::string& dsn, const options& o, bool has_limit) {
    auto config = dsn.empty() ? pgcoro::connect_config::from_environment() : pgcoro::connect_config(dsn);
    config.application_name("pgcoro-sync").timeout(o.answer_timeout).attempt_timeout(o.answer_timeout);
    if (has_limit) {
        config.command_timeout(o.answer_timeout);
    }
    return config;
}

pgcoro::task<pgcoro::connection> connect_source(const options& o) {
    const auto config = config_of(o.source, o, true);
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("set search_path = ''"));
    co_return db;
}

pgcoro::task<pgcoro::connection> connect_target(target_option t, const options& o, bool has_limit) {
    const auto config = config_of(t.dsn, o, has_limit);
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("set search_path = ''"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("set client_connection_check_interval = '2s'"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute(
        "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'"));
    // Statements over arrays find each row by the index of the key, whatever the planner thinks of tables without statistics.
    BOOST_OUTCOME_CO_TRY(co_await db.execute("select set_config(name, 'off', false) from unnest(array['enable_seqscan', "
                                             "'enable_hashjoin', 'enable_mergejoin', 'jit']) as name"));
    const auto set = co_await db.execute("set session_replication_role = replica");
    if (!set && set.error() != pgcoro::sqlstate::insufficient_privilege) {
        co_return set.error();
    }
    co_return db;
}

} // namespace data_sync
