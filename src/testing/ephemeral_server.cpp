// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/testing/ephemeral_server.hpp>

#include "cluster_template.hpp"
#include "failure.hpp"
#include "files.hpp"
#include "free_port.hpp"
#include "installation.hpp"
#include "postmaster.hpp"
#include "psql.hpp"
#include "server_files.hpp"
#include "supervisor.hpp"

#include <algorithm>
#include <csignal>

namespace pgcoro::testing {
namespace {

std::string doubled(std::string_view text, char quote) {
    std::string made(1, quote);
    for (const char c : text) {
        made.append(c == quote ? 2 : 1, c);
    }
    return made += quote;
}

std::string create_users(const server_options& options) {
    std::string sql;
    for (const auto& user : options.users) {
        sql += "set password_encryption = '";
        sql += user.encryption == password_encryption::md5 ? "md5" : "scram-sha-256";
        sql += "';\ncreate role " + doubled(user.name, '"') + " login password " + doubled(user.password, '\'') + ";\n";
    }
    return sql;
}

} // namespace

struct ephemeral_server::state {
    server_options options;
    account who;
    installation server;
    supervisor guard;
    postmaster process;
    std::filesystem::path data_directory, log_file;
    std::string superuser_password;
    std::uint16_t port = 0;

    static result<std::unique_ptr<state>> prepare(const server_options& options);
    result<> start_somewhere();
    result<> start();
    result<> stop(shutdown_mode mode);
    std::string dsn() const;
    error with_log(const error& why) const;
};

result<std::unique_ptr<ephemeral_server::state>> ephemeral_server::state::prepare(const server_options& options) {
    BOOST_OUTCOME_TRY(auto who, server_account());
    BOOST_OUTCOME_TRY(auto server, find_installation(who));
    BOOST_OUTCOME_TRY(auto guard, supervisor::start(who));
    auto made = std::make_unique<state>(state{options, std::move(who), std::move(server), std::move(guard), {}, {}, {}, {}});
    made->data_directory = made->guard.folder() / "data";
    made->log_file = made->guard.folder() / "server.log";
    return made;
}

// Somebody else may take the port between our look and the server's.
result<> ephemeral_server::state::start_somewhere() {
    for (int attempt = 1;; ++attempt) {
        port = free_port();
        if (port == 0) {
            return unavailable("no TCP port is free");
        }
        BOOST_OUTCOME_TRY(write_server_files(options, data_directory, guard.folder(), port, who));
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
    BOOST_OUTCOME_TRY(process, postmaster::adopt(pid));
    if (auto ready = process.wait_ready(data_directory, options.patience); !ready) {
        return with_log(ready.error());
    }
    return boost::outcome_v2::success();
}

result<> ephemeral_server::state::stop(shutdown_mode mode) {
    if (!process.is_running()) {
        return boost::outcome_v2::success();
    }
    process.signal(mode == shutdown_mode::smart ? SIGTERM : mode == shutdown_mode::fast ? SIGINT : SIGQUIT);
    if (!process.has_ended_within(options.patience)) {
        return with_log(error(errc::timed_out, "the server does not stop"));
    }
    return boost::outcome_v2::success();
}

std::string ephemeral_server::state::dsn() const {
    return "host=" + in_quotes(guard.folder().string()) + " port=" + std::to_string(port) + " user=" + in_quotes(options.superuser) +
           " dbname=postgres";
}

error ephemeral_server::state::with_log(const error& why) const {
    const auto lines = lines_of(log_file);
    auto message = why.message() + "; the end of its log:";
    for (auto i = lines.size() - std::min<std::size_t>(lines.size(), 20); i < lines.size(); ++i) {
        message += '\n' + lines[i];
    }
    return {why.code(), std::move(message)};
}

ephemeral_server::ephemeral_server(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
ephemeral_server::ephemeral_server(ephemeral_server&&) noexcept = default;
ephemeral_server& ephemeral_server::operator=(ephemeral_server&&) noexcept = default;
ephemeral_server::~ephemeral_server() = default;

result<ephemeral_server> ephemeral_server::create(const server_options& options) {
    BOOST_OUTCOME_TRY(auto made, state::prepare(options));
    const template_request request{options.cache_directory, options.superuser, options.initdb_arguments};
    BOOST_OUTCOME_TRY(made->superuser_password, copy_template(request, made->server, made->who, made->data_directory));
    BOOST_OUTCOME_TRY(made->start_somewhere());
    ephemeral_server server(std::move(made));
    if (!options.users.empty()) {
        BOOST_OUTCOME_TRY(server.run_sql(create_users(options)));
    }
    return server;
}

std::string ephemeral_server::dsn() const {
    return state_->dsn();
}

std::string ephemeral_server::tcp_dsn() const {
    return "host=127.0.0.1 port=" + std::to_string(port()) + " user=" + in_quotes(superuser()) +
           " password=" + in_quotes(state_->superuser_password) + " dbname=postgres";
}

const std::filesystem::path& ephemeral_server::socket_directory() const noexcept { return state_->guard.folder(); }
std::uint16_t ephemeral_server::port() const noexcept { return state_->port; }
const std::filesystem::path& ephemeral_server::data_directory() const noexcept { return state_->data_directory; }
const std::filesystem::path& ephemeral_server::log_file() const noexcept { return state_->log_file; }
const std::string& ephemeral_server::superuser() const noexcept { return state_->options.superuser; }
int ephemeral_server::server_version() const noexcept { return state_->server.version; }
bool ephemeral_server::is_running() const noexcept { return state_->process.is_running(); }

result<> ephemeral_server::start() { return state_->start(); }
result<> ephemeral_server::stop(shutdown_mode mode) { return state_->stop(mode); }

result<> ephemeral_server::restart(shutdown_mode mode) {
    BOOST_OUTCOME_TRY(stop(mode));
    return start();
}

result<std::string> ephemeral_server::run_sql(std::string_view text) {
    return psql(state_->server.program("psql"), state_->dsn(), text, state_->who);
}

} // namespace pgcoro::testing
