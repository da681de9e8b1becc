// SPDX-License-Identifier: BSL-1.0
// A network that fails on demand: a proxy between client and server, scripted connection by connection.
#pragma once

#include <pgcoro/result.hpp>
#include <pgcoro/testing/fault_script.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace pgcoro::testing {

class ephemeral_server;

/// The traffic of one connection.
struct proxied_connection {
    std::uint64_t upstream = 0;   ///< bytes passed on to the server
    std::uint64_t downstream = 0; ///< bytes passed on to the client
    bool limit_reached = false;   ///< a `toxics::limit_data` was reached
    bool is_open = true;
};

/// Where a `fault_proxy` listens in addition to its TCP port.
struct fault_proxy_options {
    fault_proxy_options() {}

    /// Also listens on a Unix socket in this directory, under the name libpq derives from the directory and `port()`. Empty:
    /// TCP only.
    std::filesystem::path socket_directory;
};

/// Listens on a port of 127.0.0.1 and forwards connections to a server. Each has its own script, which may delay, slice or
/// corrupt the data, or cut it off. The proxy does not depend on PostgreSQL: TLS and cancel requests, which are ordinary
/// connections, pass unchanged.
///
/// It runs on its own thread, so that blocking clients can be tested too. Destroying it closes all connections and ends the
/// thread. In a forked copy of the process it does nothing.
///
/// A command has taken effect when it returns. Errors: system errors of sockets. Thread safety: all functions may be called
/// from any thread, at the same time; the object itself must not be moved or destroyed meanwhile.
class fault_proxy {
public:
    /// Forwards to this server's TCP port, even after the server was stopped and started.
    static result<fault_proxy> create(const ephemeral_server& server, const fault_proxy_options& options = {});
    /// `host`: a name, an address, or the directory of a Unix socket, as in a connection string. Resolved now, once.
    static result<fault_proxy> create(const std::string& host, std::uint16_t port, const fault_proxy_options& options = {});

    fault_proxy(fault_proxy&&) noexcept;
    fault_proxy& operator=(fault_proxy&&) noexcept;
    ~fault_proxy();

    std::uint16_t port() const noexcept;
    /// Like `ephemeral_server::tcp_dsn()`, through the proxy. Empty if the proxy was not made for an `ephemeral_server`.
    std::string dsn() const;
    /// The same through the Unix socket; empty if there is none.
    std::string unix_dsn() const;

    /// The script of the next connection that has none yet: call it twice for the next two.
    void next(const fault_script& script);
    /// The script of all connections after those of `next`.
    void always(const fault_script& script);
    /// Forgets the scripts of `next` and `always`: new connections are forwarded unchanged.
    void clear();

    /// Stops listening: new connections are refused, and open ones continue. The port lies outside the kernel's ephemeral
    /// range, so that nobody else takes it by chance.
    void disable();
    result<> enable();

    // Applied to all connections that are open now. New ones are not affected.

    void freeze();
    /// Ends all freezing, including that by a script's limit.
    void thaw();
    void cut();
    void reset_all();
    void half_open();

    /// Every connection since the start, in the order of acceptance. Bytes are counted before their receiver gets them.
    std::vector<proxied_connection> connections() const;
    /// Waits until `count` connections have been accepted. Errors: `errc::timed_out`.
    result<> wait_for_connections(std::size_t count, std::chrono::milliseconds limit = std::chrono::seconds(30)) const;
    /// Waits until no connection is open. Errors: `errc::timed_out`.
    result<> wait_until_closed(std::chrono::milliseconds limit = std::chrono::seconds(30)) const;

private:
    struct state;
    struct ending {
        void operator()(state* s) const noexcept;
    };
    using state_ptr = std::unique_ptr<state, ending>;
    explicit fault_proxy(state_ptr made) noexcept;
    state_ptr state_;
};

} // namespace pgcoro::testing
