// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/testing/ephemeral_server.hpp>

#include "cluster_template.hpp"
#include "server_files.hpp"
#include "server_state.hpp"

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

ephemeral_server::ephemeral_server(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
ephemeral_server::ephemeral_server(ephemeral_server&&) noexcept = default;
ephemeral_server& ephemeral_server::operator=(ephemeral_server&&) noexcept = default;
ephemeral_server::~ephemeral_server() = default;

result<ephemeral_server> ephemeral_server::create(const server_options& options) {
    BOOST_OUTCOME_TRY(auto made, state::prepare(options));
    const template_request request{options.cache_directory, options.superuser, options.initdb_arguments};
    BOOST_OUTCOME_TRY(made->superuser_password, copy_template(request, made->server, made->who, made->data_directory));
    if (options.tls) {
        BOOST_OUTCOME_TRY(made->authority, write_tls_files(*options.tls, made->tls, made->who));
    }
    BOOST_OUTCOME_TRY(made->start_somewhere());
    ephemeral_server server(std::move(made));
    if (!options.users.empty()) {
        BOOST_OUTCOME_TRY(server.run_sql(create_users(options)));
    }
    return server;
}

std::string ephemeral_server::dsn() const { return state_->dsn(); }

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

const std::filesystem::path& ephemeral_server::ca_file() const noexcept { return state_->tls.ca; }
const certificate_authority& ephemeral_server::authority() const noexcept { return state_->authority; }

std::filesystem::path ephemeral_server::client_certificate_file(std::string_view user) const {
    const auto position = state_->client_position(user);
    return position ? state_->tls.client_certificate(*position) : std::filesystem::path();
}

std::filesystem::path ephemeral_server::client_key_file(std::string_view user) const {
    const auto position = state_->client_position(user);
    return position ? state_->tls.client_key(*position) : std::filesystem::path();
}

result<> ephemeral_server::start() { return state_->start(); }
result<> ephemeral_server::stop(shutdown_mode mode) { return state_->stop(mode); }

result<> ephemeral_server::kill() { return state_->kill(); }
result<> ephemeral_server::pause() { return state_->pause(); }
result<> ephemeral_server::resume() { return state_->resume(); }

result<> ephemeral_server::restart(shutdown_mode mode) {
    BOOST_OUTCOME_TRY(stop(mode));
    return start();
}

result<std::string> ephemeral_server::run_sql(std::string_view text, std::string_view database) {
    return state_->run_sql(text, database);
}

} // namespace pgcoro::testing
