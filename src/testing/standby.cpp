// SPDX-License-Identifier: BSL-1.0
// Streaming standbys.
#include "failure.hpp"
#include "process.hpp"
#include "server_state.hpp"

namespace pgcoro::testing {
namespace {

// The server itself waits, so that it is asked once. `condition` is text of ours, never a caller's.
template <class State>
result<> wait_for(const State& server, const std::string& condition) {
    const auto rounds = std::to_string(server.options.patience / std::chrono::milliseconds(10) + 1);
    auto waited = server.run_sql("do $$ begin for i in 1 .. " + rounds + " loop if " + condition +
                                 " then return; end if; perform pg_sleep(0.01); end loop; "
                                 "raise exception using errcode = 'query_canceled'; end $$");
    if (waited) {
        return boost::outcome_v2::success();
    }
    return server.with_log(waited.error() == sqlstate::query_canceled ? error(errc::timed_out, "the standby lags behind")
                                                                      : waited.error());
}

} // namespace

result<ephemeral_server> ephemeral_server::make_standby(const std::map<std::string, std::string>& settings) {
    auto options = state_->options;
    options.users.clear();
    for (const auto& [name, value] : settings) {
        options.settings[name] = value;
    }
    BOOST_OUTCOME_TRY(auto made, state::prepare(options));
    made->superuser_password = state_->superuser_password;
    BOOST_OUTCOME_TRY(run_successfully(
        {{made->server.program("pg_basebackup"), "--pgdata=" + made->data_directory.string(), "--dbname=" + state_->dsn(),
          "--wal-method=stream", "--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--no-password"}},
        made->who));
    if (options.tls) {
        made->authority = state_->authority;
        BOOST_OUTCOME_TRY(
            run_successfully({{"cp", "-R", "-p", state_->tls.folder.string(), made->tls.folder.string()}}, made->who));
    }
    BOOST_OUTCOME_TRY(made->start_somewhere());
    BOOST_OUTCOME_TRY(wait_for(*made, "exists (select from pg_stat_wal_receiver where status = 'streaming')"));
    return ephemeral_server(std::move(made));
}

result<> ephemeral_server::catch_up_with(ephemeral_server& primary) {
    // A standby can have standbys of its own.
    BOOST_OUTCOME_TRY(auto position, primary.run_sql("select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() "
                                                     "else pg_current_wal_flush_lsn() end"));
    position.erase(position.find_last_not_of('\n') + 1);
    return wait_for(*state_, "pg_last_wal_replay_lsn() >= pg_lsn '" + position + "'");
}

result<> ephemeral_server::promote() {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(state_->options.patience).count();
    BOOST_OUTCOME_TRY(const auto promoted, run_sql("select pg_promote(true, " + std::to_string(seconds) + ")"));
    if (!promoted.starts_with('t')) {
        return state_->with_log(error(errc::timed_out, "the standby does not become a primary"));
    }
    return boost::outcome_v2::success();
}

} // namespace pgcoro::testing
