// SPDX-License-Identifier: BSL-1.0
// A throwaway PostgreSQL server for tests: the installed one, with a temporary cluster.
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

/// What `stop()` does with sessions: waits for them, ends them, or stops everything without a checkpoint.
enum class shutdown_mode { smart, fast, immediate };

/// A private PostgreSQL server that starts in about a second and leaves nothing behind.
///
/// It listens on a Unix socket and on a TCP port of 127.0.0.1 and ::1. It is stopped and its files are removed when this object
/// is destroyed, and also when the process that made it dies, even by SIGKILL. If root runs that process, the server runs as
/// the user `postgres` or `nobody`.
///
/// All functions block, on purpose: this is for setting up tests, not for use inside coroutines. It does not use the driver.
/// Requires Linux 5.3 or newer.
///
/// Errors: `errc::server_unavailable` if no server is installed or it does not start; the message lists what was looked for, or
/// ends with the last lines of the server's log. `errc::timed_out` after `server_options::patience`. System errors.
/// Thread safety: one thread at a time for one object.
class ephemeral_server {
public:
    /// Makes a cluster and starts it.
    static result<ephemeral_server> create(const server_options& options = {});

    ephemeral_server(ephemeral_server&&) noexcept;
    ephemeral_server& operator=(ephemeral_server&&) noexcept;
    /// Stops the server if it runs, and removes its files. In a forked copy of the process it does nothing.
    ~ephemeral_server();

    /// A connection string for the superuser over the Unix socket, without a password.
    std::string dsn() const;
    /// A connection string for the superuser over TCP (127.0.0.1), with its password.
    std::string tcp_dsn() const;

    const std::filesystem::path& socket_directory() const noexcept;
    std::uint16_t port() const noexcept;
    const std::filesystem::path& data_directory() const noexcept;
    const std::filesystem::path& log_file() const noexcept;
    const std::string& superuser() const noexcept;
    /// The setting `server_version_num`: 150004 for 15.4.
    int server_version() const noexcept;
    bool is_running() const noexcept;

    /// For a server with TLS. `sslrootcert`: the certificate of the authority that issued the server's.
    const std::filesystem::path& ca_file() const noexcept;
    /// `sslcert` and `sslkey` of a user named in `server_tls::client_certificates`; empty for other users.
    std::filesystem::path client_certificate_file(std::string_view user) const;
    std::filesystem::path client_key_file(std::string_view user) const;
    /// The authority that issued all these, which can issue more.
    const certificate_authority& authority() const noexcept;

    /// Starts the server again, on the same port, after `stop()` or `kill()`. Does nothing if it is running.
    result<> start();
    /// Does nothing if the server is not running.
    result<> stop(shutdown_mode mode = shutdown_mode::fast);
    result<> restart(shutdown_mode mode = shutdown_mode::fast);

    /// Kills all server processes at once, like a crash: clients see the connection close without an error message. Committed
    /// data is there again after `start()`.
    result<> kill();

    /// Suspends all server processes (SIGSTOP): the server accepts nothing and answers nothing, and connections stay
    /// open.
    result<> pause();
    result<> resume();

    /// Makes another server that streams from this one, with the same options, overridden by `settings`. Returns once it
    /// streams and answers.
    result<ephemeral_server> make_standby(const std::map<std::string, std::string>& settings = {});
    /// Waits until this standby has applied everything that `primary` has written so far.
    result<> catch_up_with(ephemeral_server& primary);
    /// Promotes this standby to a primary. Returns once it accepts writes.
    result<> promote();

    /// Runs SQL as the superuser, in a session of its own, and gives the values: columns separated by `|`, each row ended by a
    /// line feed. Several statements do not form one transaction. Errors: that of the first statement that failed;
    /// `errc::server_unavailable`; `errc::copy_not_supported` for a COPY from STDIN or to STDOUT;
    /// `errc::invalid_text` for a NUL character.
    result<std::string> run_sql(std::string_view text, std::string_view database = "postgres");

private:
    struct state;
    explicit ephemeral_server(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace pgcoro::testing
