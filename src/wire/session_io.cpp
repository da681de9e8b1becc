// SPDX-License-Identifier: BSL-1.0
// Waiting: for the socket, in both directions, and for the clock.
#include "loop_handler.hpp"
#include "wire/lane_observer.hpp"
#include "wire/server_error.hpp"
#include "wire/session.hpp"
#include "wire/socket_handler.hpp"

#include <openssl/ssl.h>

namespace pgcoro::wire {

// As long as a wait is pending or its handler runs, the session owns itself: a session that waits all day counts no references.
[[gnu::always_inline]] inline void session::wait_begins() {
    if (waits_++ == 0) [[unlikely]] {
        self_ = shared_from_this();
    }
}

[[gnu::always_inline]] inline void session::wait_is_over() noexcept {
    if (--waits_ == 0) [[unlikely]] {
        const auto last = std::move(self_); // this may be the end of the session
    }
}

[[gnu::always_inline]] inline void session::wait_readable() {
    if (!std::exchange(reading_, true)) {
        wait_begins();
        socket_.async_wait(socket::direction::read, socket_handler<&session::on_readable>(*this, read_memory_, registration_));
    }
}

void session::wait_writable() {
    if (!std::exchange(writing_, true)) {
        wait_begins();
        socket_.async_wait(socket::direction::write,
                           socket_handler<&session::on_writable>(*this, write_memory_, registration_));
    }
}

void session::wait_was_dropped() noexcept {
    drop_all();
    wait_is_over();
}

template <void (session::*Then)()>
[[gnu::hot]] void session::on_socket(unsigned registration) {
    struct ending {
        session& s;
        ~ending() { s.wait_is_over(); }
    } const at_the_end{*this};
    if (registration == registration_) { // else of a wait that is void: the socket was registered anew or closed
        (this->*Then)();
    }
}

[[gnu::always_inline]] inline void session::on_readable() {
    reading_ = false;
    const bool alive = consume();
    drain();
    if (--until_look_ == 0) [[unlikely]] {
        look_around();
    }
    if (!alive && !closed_) [[unlikely]] {
        lose(libpq_error(libpq()));
    }
    run_completions();
    if (blocked_ && !closed_) [[unlikely]] {
        flush(); // reading may have been what the server was waiting for
    }
    pump();
}

void session::on_writable() {
    writing_ = false;
    flush();
    if (!blocked_ && !closed_) {
        reregister();
    }
    if (observer_ && !blocked_) {
        observer_->on_progress();
    }
    pump();
    if (giving_up_ && !closed_) {
        go_on_giving_up(); // all of it may be sent by now
    }
}

[[gnu::always_inline]] inline bool session::consume() {
    bool alive = PQconsumeInput(libpq()) == 1;
    // OpenSSL may hold decrypted bytes of the record libpq has read a part of. The socket would never become readable for them.
    while (alive && tls_ && SSL_pending(static_cast<SSL*>(tls_)) > 0) {
        alive = PQconsumeInput(libpq()) == 1;
    }
    return alive;
}

bool session::probe() {
    // A server that talks without end is told from one that has said goodbye when somebody reads in earnest.
    for (int reads = 0; reads < 16 && !closed_ && expected_.empty() && socket_.is_readable(); ++reads) {
        if (!consume()) {
            lose(libpq_error(libpq()));
        } else {
            look_around();                        // notifications
            static_cast<void>(PQisBusy(libpq())); // what came is read here; a FATAL of an idle session is a notice for libpq
            if (made_.notices && made_.notices->fatal()) {
                lose(*made_.notices->fatal()); // the end of the socket may take a while to follow
            }
        }
    }
    return !closed_;
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
    timer_.async_wait(loop_handler(shared_from_this(), [](session& s, boost::system::error_code failed) {
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
    if (step_ends_ <= now) {
        on_step_overdue();
    }
    if (ready_due_ <= now) {
        probe_for_ready();
    }
    next = std::min({next, step_ends_, ready_due_});
    visit(waiting_.front());
    visit(held_.front());
    visit(in_flight_.front());
    visit(unread_.front());
    visit(asking_.front());
    visit(ordered_.front());
    if (next != clock::time_point::max()) {
        watch_deadline(next);
    }
}

} // namespace pgcoro::wire
