// SPDX-License-Identifier: BSL-1.0
#include "server_state.hpp"

#include "failure.hpp"
#include "files.hpp"
#include "free_port.hpp"
#include "server_files.hpp"
#include "simple_sql.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace pgcoro::testing {

ephemeral_server::state::state(const server_options& wanted, account runs_as, installation installed, supervisor keeper)
    : options(wanted),
      who(std::move(runs_as)),
      server(std::move(installed)),
      guard(std::move(keeper)),
      data_directory(guard.folder() / "data"),
      log_file(guard.folder() / "server.log"),
      tls(guard.folder()) {}

result<std::unique_ptr<ephemeral_server::state>> ephemeral_server::state::prepare(const server_options& options) {
    BOOST_OUTCOME_TRY(auto who, server_account());
    BOOST_OUTCOME_TRY(auto server, find_installation(who));
    BOOST_OUTCOME_TRY(auto guard, supervisor::start(who));
    return std::make_unique<state>(options, std::move(who), std::move(server), std::move(guard));
}

// Somebody else may take the port between our look and the server's.
result<> ephemeral_server::state::start_somewhere() {
    for (int attempt = 1;; ++attempt) {
        port = free_port();
        if (port == 0) {
            return unavailable("no TCP port is free");
        }
        BOOST_OUTCOME_TRY(write_server_files(options, guard.folder(), port, who));
        auto started = start();
        if (started || attempt == 5 || port_is_free(port)) {
            return started;
        }
    }
}

result<> ephemeral_server::state::start() {
    if (process.is_running()) {
        return boost::outcome_v2::success();
    }
    if (process.pid() != 0) {
        BOOST_OUTCOME_TRY(guard.reap());
        process = {};
    }
    BOOST_OUTCOME_TRY(const auto pid, guard.start_server(server.program("postgres")));
    auto adopted = postmaster::adopt(pid);
    if (!adopted) {
        return with_log(adopted.error()); // it has ended already
    }
    process = std::move(adopted).value();
    if (auto ready = process.wait_ready(data_directory, options.patience); !ready) {
        return with_log(ready.error());
    }
    return boost::outcome_v2::success();
}

result<> ephemeral_server::state::stop(shutdown_mode mode) {
    if (!process.is_running()) {
        return boost::outcome_v2::success();
    }
    BOOST_OUTCOME_TRY(resume()); // a process that is stopped does not hear
    process.signal(mode == shutdown_mode::smart ? SIGTERM : mode == shutdown_mode::fast ? SIGINT : SIGQUIT);
    if (!process.has_ended_within(options.patience)) {
        return with_log(error(errc::timed_out, "the server does not stop"));
    }
    return boost::outcome_v2::success();
}

result<> ephemeral_server::state::kill() {
    if (!process.is_running()) {
        return boost::outcome_v2::success();
    }
    paused = false;
    return process.kill(data_directory);
}

result<> ephemeral_server::state::pause() {
    if (!process.is_running()) {
        return unavailable("a server that does not run cannot be paused");
    }
    BOOST_OUTCOME_TRY(process.pause());
    paused = true;
    return boost::outcome_v2::success();
}

result<> ephemeral_server::state::resume() {
    if (std::exchange(paused, false)) {
        process.resume();
    }
    return boost::outcome_v2::success();
}

std::string ephemeral_server::state::dsn() const {
    return "host=" + in_quotes(guard.folder().string()) + " port=" + std::to_string(port) +
           " user=" + in_quotes(options.superuser) + " dbname=postgres";
}

result<std::string> ephemeral_server::state::run_sql(std::string_view text, std::string_view database) const {
    return run_simple_sql(dsn() + " dbname=" + in_quotes(database), text);
}

std::optional<std::size_t> ephemeral_server::state::client_position(std::string_view user) const {
    if (options.tls) {
        const auto& users = options.tls->client_certificates;
        if (const auto found = std::find(users.begin(), users.end(), user); found != users.end()) {
            return static_cast<std::size_t>(found - users.begin());
        }
    }
    return std::nullopt;
}

error ephemeral_server::state::with_log(const error& why) const {
    const auto lines = lines_of(log_file);
    auto message = why.message() + "; the end of its log:";
    for (auto i = lines.size() - std::min<std::size_t>(lines.size(), 20); i < lines.size(); ++i) {
        message += '\n' + lines[i];
    }
    return {why.code(), std::move(message)};
}

} // namespace pgcoro::testing
