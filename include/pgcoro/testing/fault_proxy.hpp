// SPDX-License-Identifier: BSL-1.0
// A network that fails on demand: a proxy between a client and a server, scripted connection by connection.
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

/// What went through one connection.
struct proxied_connection {
    std::uint64_t upstream = 0;   ///< bytes passed on to the server
    std::uint64_t downstream = 0; ///< bytes passed on to the client
    bool limit_reached = false;   ///< a `toxics::limit_data` has struck
    bool is_open = true;
};

/// Where a `fault_proxy` listens besides its TCP port.
struct fault_proxy_options {
    fault_proxy_options() {}

    /// It listens on a Unix socket in this folder as well, under the name libpq derives from the folder and `port()`. Empty: on
    /// TCP alone.
    std::filesystem::path socket_directory;
};

/// Listens on a port of 127.0.0.1 and hands connections to a server, each with a script of its own: whatever comes through
/// it may be delayed, sliced, corrupted, cut off. It knows nothing of PostgreSQL: TLS and cancel requests, which are
/// connections like others, go through as they are.
///
/// It runs on a thread of its own, so that blocking clients can be tested as well. Nothing of it is left when this object goes:
/// connections are closed, its thread has ended. In a forked copy of the process it does nothing.
///
/// Commands have happened when they return. Errors: system errors, of sockets. Thread safety: all functions may be called from
/// any thread, at the same time; the object itself is not to be moved or destroyed meanwhile.
class fault_proxy {
public:
    /// Forwards to this server's TCP port, also when the server has been stopped and started.
    static result<fault_proxy> create(const ephemeral_server& server, const fault_proxy_options& options = {});
    /// `host`: a name, an address, or the folder of a Unix socket, as in a connection string. Looked up now, once.
    static result<fault_proxy> create(const std::string& host, std::uint16_t port, const fault_proxy_options& options = {});

    fault_proxy(fault_proxy&&) noexcept;
    fault_proxy& operator=(fault_proxy&&) noexcept;
    ~fault_proxy();

    std::uint16_t port() const noexcept;
    /// Like `ephemeral_server::tcp_dsn()`, through this. Empty if it was not made for an `ephemeral_server`.
    std::string dsn() const;
    /// The same through the Unix socket; empty if there is none.
    std::string unix_dsn() const;

    /// The script of the next connection that has none yet: called twice, of the next two.
    void next(const fault_script& script);
    /// The script of all that come when those of `next` are used up.
    void always(const fault_script& script);
    /// Forgets what `next` and `always` have said: connections to come are passed on as they are.
    void clear();

    /// Stops listening: connecting is refused, and those there are go on. The port is one nobody is given by
    /// chance.
    void disable();
    result<> enable();

    // To all connections that are open now. Those to come are not affected.

    void freeze();
    /// Ends all freezing, also one that a script's limit has brought.
    void thaw();
    void cut();
    void reset_all();
    void half_open();

    /// Every connection since the beginning, in the order they were accepted. What somebody has received is counted.
    std::vector<proxied_connection> connections() const;
    /// Waits until so many have been accepted. Errors: `errc::timed_out`.
    result<> wait_for_connections(std::size_t count, std::chrono::milliseconds limit = std::chrono::seconds(30)) const;
    /// Waits until none is open. Errors: `errc::timed_out`.
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
