// SPDX-License-Identifier: BSL-1.0
// Why a handshake failed, from everything but the words of libpq's message: those are for people, and localised.
#include "connect/handshake.hpp"

#include "connect/connect_error.hpp"

#include <algorithm>

namespace pgcoro::wire {

std::string_view handshake::new_text() const noexcept {
    const std::string_view now = PQerrorMessage(connection_.get());
    return now.starts_with(seen_text_) ? now.substr(seen_text_.size()) : now;
}

/// What libpq said in this step, on one line.
std::string handshake::said() const {
    const auto text = new_text();
    std::string line(text.substr(0, text.find_last_not_of(" \n") + 1));
    std::ranges::replace(line, '\n', ' ');
    std::erase(line, '\t');
    return line;
}

void handshake::note_server_error() {
    // Under sslmode=prefer or allow libpq tries a second time; of two refusals the one that is not about encryption tells more.
    auto refusal = parse_connect_error(new_text());
    if (refusal && (!server_error_ || *server_error_ == sqlstate::invalid_authorization_specification)) {
        server_error_ = std::move(refusal);
    }
}

bool handshake::is_at_end() const noexcept {
    char one = 0;
    const auto state = peek({&one, 1});
    return state.at_end || state.error;
}

error handshake::diagnose(ConnStatusType during, const socket_state& before) const {
    if (server_error_) {
        return *server_error_;
    }
    if (const auto tls = tls_.failure()) {
        return *tls;
    }
    if (before.error) {
        return before.error;
    }
    // The line failed between our look at the socket and libpq's, which has taken the error from it.
    if (during == CONNECTION_STARTED) {
        return {errc::connection_lost, said()};
    }
    const auto first = before.first_byte;
    const bool asked_for_tls = during == CONNECTION_SSL_STARTUP && !tls_.started();
    if (asked_for_tls && first == 'N') {
        return errc::tls_unavailable;
    }
    // A read error makes libpq close the socket at once, any other failure does not.
    if (before.at_end || socket() < 0) {
        return {errc::connection_lost, "the server closed the connection before it was established"};
    }
    const bool first_answer = during == CONNECTION_AWAITING_RESPONSE && PQsslInUse(connection_.get()) == 0;
    if (first && (asked_for_tls ? first != 'S' : first_answer && first != 'R')) {
        return {errc::connection_lost, said()}; // no answer of PostgreSQL's
    }
    // The end may have come right behind what there was to read, and OpenSSL has read it: then it is the line that failed. Not
    // if all but the name was right: that libpq tells the server, which may be gone before we look.
    const bool other_name = checks_host_name_ && tls_.handshake_finished();
    if (during == CONNECTION_SSL_STARTUP && !other_name && is_at_end()) {
        return {errc::connection_lost, "the server closed the connection before it was established"};
    }
    if (asked_for_tls) { // and was granted it: a file of ours is missing or unusable
        return {errc::invalid_configuration, said()};
    }
    if (during == CONNECTION_SSL_STARTUP) {
        return {other_name ? errc::certificate_invalid : errc::tls_failed, said()};
    }
    // The server let us in and told its parameters: what is left is that it is not the kind of server wanted.
    if (PQparameterStatus(connection_.get(), "server_version")) {
        return {errc::no_matching_server, said()};
    }
    return {errc::authentication_failed, said()};
}

} // namespace pgcoro::wire
