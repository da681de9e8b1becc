// SPDX-License-Identifier: BSL-1.0
// One attempt at one address: libpq's steps from a socket to a session, and why they failed if they did. Waits for nothing.
#pragma once

#include "connect/challenge_watch.hpp"
#include "connect/connect_settings.hpp"
#include "connect/endpoint_plan.hpp"
#include "connect/tls_watch.hpp"
#include "libpq/notice_hook.hpp"
#include "libpq/pgconn.hpp"

#include <pgcoro/error.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::wire {

class handshake {
public:
    enum class step { wait_readable, wait_writable, ready, failed };

    /// `pins`: SHA-256 fingerprints, one of which the server's certificate must have; none if empty.
    handshake(endpoint where, std::vector<std::string> pins, challenge_watch challenge) noexcept
        : where_(std::move(where)), pins_(std::move(pins)), challenge_(challenge), unwatched_(challenge) {}
    handshake(const handshake&) = delete;
    handshake& operator=(const handshake&) = delete;
    ~handshake() { abandon(std::move(connection_)); }

    step start(const attempt_parameters& parameters, notice_hook& notices);
    /// The socket is what the last step waited for. No one else may hold its number registered with a reactor: libpq may close
    /// it and open another one under the same number.
    step proceed();

    /// Valid until the next step.
    int socket() const noexcept { return PQsocket(connection_.get()); }
    /// libpq has not opened the socket anew in the last step. False also where nobody can know.
    bool has_kept_socket() const noexcept;

    /// After `failed`.
    const error& failure() const noexcept { return *failure_; }
    /// After `ready`.
    pgconn_ptr take() noexcept { return std::move(connection_); }

private:
    /// What the socket says about itself before libpq touches it.
    struct socket_state {
        boost::system::error_code error;
        bool at_end = false;
        std::optional<char> first_byte; // nothing: nothing was there to read
        std::size_t size = 0;           // of what could be read, as far as there was room
    };
    using peeked_bytes = std::array<char, 4096>;

    step fail(error why);
    bool make(const attempt_parameters& parameters, notice_hook& notices);
    PostgresPollingStatusType poll(ConnStatusType during);
    socket_state look_at_socket(bool connecting, peeked_bytes& room) const noexcept;
    socket_state peek(std::span<char> room) const noexcept;
    bool has_pinned_certificate() const;

    // handshake_challenge.cpp
    enum class look { go_on, wait, refuse };
    look look_at_challenge(std::string_view bytes);
    void wake_at(std::size_t bytes) noexcept;

    // handshake_failure.cpp
    void note_server_error();
    bool is_at_end() const noexcept;
    error diagnose(ConnStatusType during, const socket_state& before) const;
    std::string_view new_text() const noexcept;
    std::string said() const;

    endpoint where_;
    std::vector<std::string> pins_;
    challenge_watch challenge_;
    challenge_watch unwatched_; // to begin anew with
    std::string unfinished_;    // what libpq has read of a message that came in several TLS records
    bool wakes_late_ = false;   // the socket is readable only from more bytes on
    bool checks_host_name_ = false;
    tls_watch tls_; // lets go of the TLS session after libpq did: declared before the connection
    pgconn_ptr connection_;
    std::string seen_text_; // what PQerrorMessage said before this step
    bool waited_readable_ = false;
    std::optional<error> server_error_;
    std::optional<error> failure_;
};

} // namespace pgcoro::wire
