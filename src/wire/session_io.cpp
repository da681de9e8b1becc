// SPDX-License-Identifier: BSL-1.0
// Waiting: for the socket, in both directions, and for the clock.
#include "wire/server_error.hpp"
#include "wire/session.hpp"
#include "wire/session_handler.hpp"

#include <openssl/ssl.h>

namespace pgcoro::wire {

void session::wait_readable() {
    if (std::exchange(reading_, true)) {
        return;
    }
    socket_.async_wait(socket::direction::read, session_handler(shared_from_this(), [registration = registration_](
                                                                                        session& s, boost::system::error_code) {
                           if (registration == s.registration_) {
                               s.reading_ = false;
                               s.on_readable();
                           }
                       }));
}

void session::wait_writable() {
    if (std::exchange(writing_, true)) {
        return;
    }
    socket_.async_wait(
        socket::direction::write,
        session_handler(shared_from_this(), [registration = registration_](session& s, boost::system::error_code) {
            if (registration == s.registration_) {
                s.writing_ = false;
                s.on_writable();
            }
        }));
}

void session::on_readable() {
    if (closed_) {
        return;
    }
    const bool alive = consume();
    drain();
    if (!alive && !closed_) {
        lose(libpq_error(libpq()));
    }
    run_completions();
    if (!closed_) {
        if (blocked_) {
            flush(); // reading may have been what the server was waiting for
        }
        pump();
    }
}

void session::on_writable() {
    if (closed_) {
        return;
    }
    flush();
    if (!blocked_ && !closed_) {
        reregister();
    }
    pump();
}

bool session::consume() {
    bool alive = PQconsumeInput(libpq()) == 1;
    // OpenSSL may hold decrypted bytes of the record libpq has read a part of. The socket would never become readable for them.
    while (alive && tls_ && SSL_pending(static_cast<SSL*>(tls_)) > 0) {
        alive = PQconsumeInput(libpq()) == 1;
    }
    return alive;
}

// Once the reactor has been asked about writability, it wakes up for it ever after, until the descriptor is registered anew.
void session::reregister() {
    ++registration_;
    reading_ = writing_ = false;
    if (const auto failed = socket_.reregister()) {
        lose(error(failed));
    }
}

void session::watch_deadline(clock::time_point when) {
    if (when >= timer_at_) {
        return;
    }
    timer_at_ = when;
    timer_.expires_at(when);
    timer_.async_wait(session_handler(shared_from_this(), [](session& s, boost::system::error_code failed) {
        if (!failed && !s.closed_) {
            s.on_deadline();
        }
    }));
}

// The timer is not stopped when what it was set for completes in time: setting it costs more than one vain look around.
void session::on_deadline() {
    const auto now = clock::now();
    auto next = clock::time_point::max();
    const auto visit = [&](request* first) {
        for (request* r = first; r;) {
            request* const following = r->next;
            if (r->expires <= now) {
                cancel(*r, errc::timed_out);
            } else {
                next = std::min(next, r->expires);
            }
            r = following;
        }
    };
    timer_at_ = clock::time_point::max();
    visit(waiting_.front());
    visit(held_.front());
    visit(in_flight_.front());
    if (next != clock::time_point::max()) {
        watch_deadline(next);
    }
}

} // namespace pgcoro::wire
