// SPDX-License-Identifier: BSL-1.0
// What an `ephemeral_server` holds.
#pragma once

#include "account.hpp"
#include "installation.hpp"
#include "postmaster.hpp"
#include "supervisor.hpp"
#include "tls_files.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <optional>

namespace pgcoro::testing {

struct ephemeral_server::state {
    state(const server_options& wanted, account runs_as, installation installed, supervisor keeper);

    /// Finds the server and makes a folder for it, in which there is nothing yet.
    static result<std::unique_ptr<state>> prepare(const server_options& options);

    /// Writes the settings, for a port that is free, and starts the server with the data directory that is there.
    result<> start_somewhere();
    result<> start();
    result<> stop(shutdown_mode mode);
    result<> kill();
    result<> pause();
    result<> resume();

    std::string dsn() const;
    result<std::string> run_sql(std::string_view text, std::string_view database = "postgres") const;
    std::optional<std::size_t> client_position(std::string_view user) const;
    error with_log(const error& why) const;

    server_options options;
    account who;
    installation server;
    supervisor guard;
    postmaster process;
    std::filesystem::path data_directory, log_file;
    tls_files tls;
    certificate_authority authority;
    std::string superuser_password;
    std::uint16_t port = 0;
    bool paused = false;
};

} // namespace pgcoro::testing
