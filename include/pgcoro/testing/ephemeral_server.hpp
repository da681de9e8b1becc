// SPDX-License-Identifier: BSL-1.0
// A throwaway PostgreSQL server for tests: the installed one, with a cluster of its own.
#pragma once

#include <pgcoro/result.hpp>
#include <pgcoro/testing/server_options.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace pgcoro::testing {

/// What `stop()` does with sessions: waits for them, ends them, or ends everything without a checkpoint.
enum class shutdown_mode { smart, fast, immediate };

/// A PostgreSQL server of your own that is there in about a second and gone without a trace.
///
/// It listens on a unix socket and on a TCP port of 127.0.0.1 and ::1. It is ended and its files are removed when this object
/// goes, and also when the process that made it dies, even of SIGKILL. Run by root, the server's processes are those of the
/// user `postgres` or `nobody`.
///
/// All functions block, on purpose: this is for setting up tests, not for use inside coroutines. Nothing of the driver is
/// involved. Linux 5.3 or newer is needed.
///
/// Errors: `errc::server_unavailable` when no server is installed or it does not start; the message says what was looked for,
/// or ends with the last lines of the server's log. `errc::timed_out` after `server_options::patience`. System errors. Thread
/// safety: one thread at a time for one object.
class ephemeral_server {
public:
    /// Makes a cluster and starts it.
    static result<ephemeral_server> create(const server_options& options = {});

    ephemeral_server(ephemeral_server&&) noexcept;
    ephemeral_server& operator=(ephemeral_server&&) noexcept;
    /// Ends the server, running or not, and removes its files. In a forked copy of the process it does nothing.
    ~ephemeral_server();

    /// A connection string for the superuser over the unix socket, without a password.
    std::string dsn() const;
    /// A connection string for the superuser over TCP (127.0.0.1), with its password.
    std::string tcp_dsn() const;

    const std::filesystem::path& socket_directory() const noexcept;
    std::uint16_t port() const noexcept;
    const std::filesystem::path& data_directory() const noexcept;
    const std::filesystem::path& log_file() const noexcept;
    const std::string& superuser() const noexcept;
    /// As the setting `server_version_num`: 150004 for 15.4.
    int server_version() const noexcept;
    bool is_running() const noexcept;

    /// For a server with TLS. `sslrootcert`: the certificate of who issued the server's.
    const std::filesystem::path& ca_file() const noexcept;
    /// `sslcert` and `sslkey` of a user named in `server_tls::client_certificates`; empty for others.
    std::filesystem::path client_certificate_file(std::string_view user) const;
    std::filesystem::path client_key_file(std::string_view user) const;
    /// Who issued all these, for more of the kind.
    const certificate_authority& authority() const noexcept;

    /// Starts the server again, on the same port, after `stop()` or `kill()`. Does nothing if it is running.
    result<> start();
    /// Does nothing if the server is not running.
    result<> stop(shutdown_mode mode = shutdown_mode::fast);
    result<> restart(shutdown_mode mode = shutdown_mode::fast);

    /// Kills all processes of the server at once, as a crash would: clients see a closed connection without a word.
    /// What was committed is there again after `start()`.
    result<> kill();

    /// Stops all processes of the server where they are (SIGSTOP): it accepts nothing and answers nothing, connections stay
    /// open.
    result<> pause();
    result<> resume();

    /// Makes another server that streams from this one, with the same options and `settings` over them. Gives when it is
    /// streaming and answers.
    result<ephemeral_server> make_standby(const std::map<std::string, std::string>& settings = {});
    /// Waits until this standby has applied what `primary` has written until now.
    result<> catch_up_with(ephemeral_server& primary);
    /// Makes this standby a server of its own. Gives when it takes writes.
    result<> promote();

    /// Runs SQL as the superuser, with psql, and gives the values: columns separated by `|`, rows by line feeds. Several
    /// statements are not one transaction. Errors: the SQLSTATE of the first statement that failed.
    result<std::string> run_sql(std::string_view text);

private:
    struct state;
    explicit ephemeral_server(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace pgcoro::testing
