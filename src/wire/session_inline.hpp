// SPDX-License-Identifier: BSL-1.0
// What every query passes through and several session_*.cpp call: bodies that are inlined into each of them.
#pragma once

#include "wire/session.hpp"
#include "wire/socket_handler.hpp"

#include <openssl/ssl.h>

#include <span>
#include <utility>

namespace pgcoro::wire {

// As long as a wait is pending or its handler runs, the session owns itself: a session that waits all day counts no references.
[[gnu::always_inline]] inline void session::wait_begins() {
    if (io_.pending++ == 0) [[unlikely]] {
        io_.self = shared_from_this();
    }
}

[[gnu::always_inline]] inline void session::wait_is_over() noexcept {
    if (--io_.pending == 0) [[unlikely]] {
        const auto last = std::move(io_.self); // this may be the end of the session
    }
}

template <void (session::*Then)()>
[[gnu::hot]] void session::on_socket(unsigned registration) {
    struct ending {
        session& s;
        ~ending() { s.wait_is_over(); }
    } const at_the_end{*this};
    if (registration == io_.registration) { // else of a wait that is void: the socket was registered anew or closed
        (this->*Then)();
    }
}

extern template void session::on_socket<&session::on_readable>(unsigned); // session_results.cpp
extern template void session::on_socket<&session::on_writable>(unsigned); // session_io.cpp

[[gnu::always_inline]] inline void session::wait_readable() {
    if (!std::exchange(io_.reading, true)) {
        wait_begins();
        io_.socket.async_wait(socket::direction::read,
                              socket_handler<&session::on_readable>(*this, io_.read_memory, io_.registration));
    }
}

// So many handlers at once, then others on the loop have their turn.
constexpr unsigned most_completions = 256;

/// Handlers may do anything: start new requests, drop the connection, throw.
[[gnu::always_inline]] inline void session::run_completions() {
    struct scope {
        session& self;
        detail::bound_executor::handling here{self.where()};
        bool outer;
        bool all_returned = false;
        explicit scope(session& s) : self(s), outer(std::exchange(s.queues_.in_completions, true)) {}
        ~scope() {
            self.queues_.in_completions = outer;
            if (!all_returned) {
                self.run_completions_later(); // one threw: the others, and what follows them, have their turn all the same
            }
        }
    } running(*this);
    if (PQclientEncoding(libpq_) != server_.encoding) [[unlikely]] {
        refuse_encoding();
    }
    if (notify_.has_observer || notify_.abandoning || notify_.giving_up || notify_.reading_rows) [[unlikely]] {
        notify_others();
    }
    for (unsigned left = most_completions; request* r = queues_.completed.pop_front();) {
        r->finish();
        if (--left == 0) [[unlikely]] {
            return; // one that is refused, and whose handler starts it again, would keep the loop to itself
        }
    }
    running.all_returned = true;
}

/// It can be queued as it is: nothing about the session or the request calls for more.
[[gnu::always_inline]] inline bool session::needs_no_look(const request& r, bool small) const noexcept {
    return !gate_.closed && !gate_.limits_all && !gate_.by_hand && !gate_.asks_whose && !gate_.streaming &&
           r.scope == transaction_.innermost && small && r.expires == clock::time_point::max();
}

/// The request that is being sent has an observation that has begun.
[[gnu::always_inline]] inline void session::note_sent(request& r) noexcept {
    if (sending_.now == clock::time_point()) {
        look_at_clock(); // those that go together share it
    }
    detail::observation::of(r).sent(sending_.now);
}

/// By its tag, a command that changes nothing about the session: INSERT, UPDATE, DELETE, MERGE, and others that begin as these.
[[gnu::always_inline]] inline bool changes_rows_only(const char* tag) noexcept {
    return tag[0] == 'I' || tag[0] == 'U' || tag[0] == 'M' || (tag[0] == 'D' && tag[1] == 'E' && tag[2] == 'L');
}

/// Nothing is in flight or waits.
[[gnu::always_inline]] inline bool session::is_idle() const noexcept { return expected_.empty() && queues_.waiting.empty(); }

/// The result of a request that takes chunks or is observed.
[[gnu::always_inline]] inline bool session::take_special(request& r, detail::result_handle& result) {
    if (r.takes_chunks) {
        return end_of_rows(r, result);
    }
    detail::observation::of(r).count(result.get());
    return r.consume(head_.step, result, types_);
}

/// The cache's entry for a statement, or null if it is to be sent unnamed. The second attempt is.
[[gnu::always_inline]] inline prepared_statement* session::find_prepared(const request& r, const statement_text& text,
                                                                         const parameters& values) {
    if (!text.is_static() || !naming_.uses_names() || r.goes_unnamed) {
        return nullptr;
    }
    return cache_.use(text, std::span(values.oids(), values.size()));
}

[[gnu::always_inline]] inline bool session::consume() {
    bool alive = PQconsumeInput(libpq()) == 1;
    // OpenSSL may hold decrypted bytes of the record libpq has read a part of. The socket would never become readable for them.
    while (alive && io_.tls && SSL_pending(static_cast<SSL*>(io_.tls)) > 0) {
        alive = PQconsumeInput(libpq()) == 1;
    }
    return alive;
}

} // namespace pgcoro::wire
