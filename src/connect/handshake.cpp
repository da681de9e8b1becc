// SPDX-License-Identifier: BSL-1.0
#include "connect/handshake.hpp"

#include "connect/connect_probe.hpp"
#include "connect/cork.hpp"
#include "connect/tls_facts.hpp"

#include <boost/system/system_category.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace pgcoro::wire {
namespace {

boost::system::error_code system_error(int number) noexcept { return {number, boost::system::system_category()}; }

} // namespace

handshake::step handshake::fail(error why) {
    failure_ = std::move(why);
    return step::failed;
}

bool handshake::make(const attempt_parameters& parameters, notice_hook& notices) {
    connection_.reset(PQconnectStartParams(parameters.keywords(), parameters.values(), 0));
    notices.attach(connection_.get());
    // Makes libpq write the SQLSTATE of a refusal, see connect_error.hpp.
    PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);
    seen_text_ = PQerrorMessage(connection_.get());
    return PQstatus(connection_.get()) != CONNECTION_BAD;
}

handshake::step handshake::start(const attempt_parameters& parameters, notice_hook& notices) {
    const char* const mode = parameters.find("sslmode");
    checks_host_name_ = mode && mode == std::string_view("verify-full");
    // A connect that fails at once leaves only localised text. Asking the address ourselves tells refusals and unusable
    // settings apart; if it answers us, it may have begun to since, which a second attempt shows.
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (make(parameters, notices)) {
            return step::wait_writable;
        }
        if (const auto refusal = probe(where_, PQhost(connection_.get()))) {
            return fail(refusal);
        }
    }
    seen_text_.clear();
    return fail({errc::invalid_configuration, said()});
}

handshake::step handshake::proceed() {
    const auto during = PQstatus(connection_.get());
    peeked_bytes room;
    const auto before = look_at_socket(during == CONNECTION_STARTED, room);
    if (during == CONNECTION_STARTED && before.error) {
        return fail(before.error);
    }
    if (during != CONNECTION_AWAITING_RESPONSE) {
        challenge_ = unwatched_; // libpq may have begun anew, without TLS or with it
        wakes_late_ = false;
    } else if (waited_readable_ && PQgssEncInUse(connection_.get()) == 0) {
        const bool encrypted = PQsslInUse(connection_.get()) != 0;
        const auto size = encrypted ? std::max(tls_.peek(room), std::ptrdiff_t(0)) : static_cast<std::ptrdiff_t>(before.size);
        switch (look_at_challenge({room.data(), static_cast<std::size_t>(size)})) {
        case look::go_on: break;
        case look::wait: return step::wait_readable;
        case look::refuse: return step::failed;
        }
    }
    const auto polled = poll(during);
    note_server_error();
    if (polled == PGRES_POLLING_FAILED) {
        return fail(diagnose(during, before));
    }
    seen_text_ = PQerrorMessage(connection_.get());
    if (polled == PGRES_POLLING_OK) {
        PQsetErrorVerbosity(connection_.get(), PQERRORS_DEFAULT);
        PQsetnonblocking(connection_.get(), 1);
        return step::ready;
    }
    // TLS stands and the next step sends the startup packet: the last moment at which the server knows nothing.
    const bool may_speak_next = PQstatus(connection_.get()) == CONNECTION_MADE && PQsslInUse(connection_.get()) != 0;
    if (may_speak_next && !pins_.empty() && !has_pinned_certificate()) {
        return fail(errc::certificate_pin_mismatch);
    }
    waited_readable_ = polled == PGRES_POLLING_READING;
    return waited_readable_ ? step::wait_readable : step::wait_writable;
}

PostgresPollingStatusType handshake::poll(ConnStatusType during) {
    // libpq makes its TLS session and speaks first in one step. A quick server could answer within it, and a bad certificate
    // would have come and gone before we got to see the session. So the answer has to wait for the next step.
    const bool first_words = during == CONNECTION_SSL_STARTUP && !tls_.started();
    if (first_words) {
        set_corked(socket(), true);
    }
    const auto polled = PQconnectPoll(connection_.get());
    tls_.observe(connection_.get());
    if (first_words) {
        set_corked(socket(), false);
    }
    return polled;
}

bool handshake::has_pinned_certificate() const {
    return std::ranges::find(pins_, peer_fingerprint(connection_.get())) != pins_.end();
}

// In fe-connect.c, a socket that was opened anew is told to the caller as CONNECTION_STARTED or CONNECTION_MADE before anything
// is said on it. CONNECTION_MADE may also follow when the server has refused encryption.
bool handshake::has_kept_socket() const noexcept {
    switch (PQstatus(connection_.get())) {
    case CONNECTION_SSL_STARTUP:
    case CONNECTION_AWAITING_RESPONSE:
    case CONNECTION_AUTH_OK:
    case CONNECTION_OK: return true;
    default: return false;
    }
}

handshake::socket_state handshake::look_at_socket(bool connecting, peeked_bytes& room) const noexcept {
    socket_state state;
    if (connecting) {
        int number = 0;
        socklen_t size = sizeof number;
        ::getsockopt(socket(), SOL_SOCKET, SO_ERROR, &number, &size);
        state.error = system_error(number);
    } else if (waited_readable_) {
        state = peek(room);
    }
    return state;
}

handshake::socket_state handshake::peek(std::span<char> room) const noexcept {
    socket_state state;
    const auto size = ::recv(socket(), room.data(), room.size(), MSG_PEEK | MSG_DONTWAIT);
    if (size > 0) {
        state.first_byte = room.front();
        state.size = static_cast<std::size_t>(size);
    }
    state.at_end = size == 0;
    state.error = size < 0 && errno != EAGAIN && errno != EINTR ? system_error(errno) : boost::system::error_code();
    return state;
}

} // namespace pgcoro::wire
