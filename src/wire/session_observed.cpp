// SPDX-License-Identifier: BSL-1.0
// What observers are told about requests and transactions. Without observers, none of this runs.
#include "wire/session_inline.hpp"

#include <pgcoro/detail/transaction_scope.hpp>

#include <utility>

namespace pgcoro::wire {

using detail::observation;

/// False if the request is over before it began.
[[gnu::noinline]] bool session::look_closer(request& r) {
    if (gate_.observed && !r.is_own) {
        observation::begin(*this, r).reached(facts_.get());
        r.tells_sending = true;
    }
    return admit(r);
}

/// One that needs no closer look.
[[gnu::noinline]] void session::observe(request& r) noexcept {
    observation& o = observation::begin_new(*this, r);
    o.begun_at(facts_.get());
    note_sending(r, o);
}

/// The same of one that a pool has passed on, or that has a name.
[[gnu::noinline]] void session::observe_again(request& r) noexcept {
    observation& o = observation::of(r);
    if (!o.has_begun()) [[unlikely]] {
        observe_late(r);
        return;
    }
    o.reached(facts_.get());
    note_sending(r, o);
}

[[gnu::noinline]] void session::observe_late(request& r) noexcept {
    observation::begin(*this, r);
    observe_again(r);
}

/// One that finds the session idle goes at once, unless something has to go before it, or other handlers are run before.
[[gnu::always_inline]] inline void session::note_sending(request& r, observation& o) const noexcept {
    if (is_idle() && queues_.completed.empty() && !r.needs_care) {
        o.sent_at_once();
    } else if (!r.tells_sending) { // as one does that takes chunks or has a comment
        r.tells_sending = r.notes_sending = true;
    }
}

/// The request that is being sent `tells_sending`. `without_name`: its one statement goes without one, next.
[[gnu::noinline]] void session::on_special_sent(request& r, bool without_name) noexcept {
    if (r.takes_chunks) {
        notify_.in_chunks = true;
    }
    if (r.is_observed && observation::of(r).has_begun()) {
        if (without_name) {
            sending_.commented = observation::of(r).commented();
        }
        note_sent(r);
    }
}

[[gnu::noinline]] void session::look_at_clock() noexcept { sending_.now = steady_now(); }

/// Some rows of a stream, or the result of a COPY or of a statement of a script, have come.
void session::count_rows(const PGresult* result) noexcept {
    if (stream_.open) {
        count_rows(*stream_.open, result);
    }
}

void session::count_rows(request& r, const PGresult* result) noexcept {
    if (r.is_observed && observation::of(r).has_begun()) {
        observation::of(r).count(result);
    }
}

/// Some bytes of a COPY have passed.
void session::count_bytes(std::size_t received, std::size_t sent) noexcept {
    if (stream_.open && stream_.open->is_observed) {
        observation& o = observation::of(*stream_.open);
        o.count_received(received);
        o.count_sent(sent);
    }
}

void session::tell_progress() noexcept {
    if (stream_.open && stream_.open->is_observed) {
        observation::of(*stream_.open).tell_progress();
    }
}

/// Something has passed: observers are told, and whoever waits.
void session::notify_stream() noexcept {
    tell_progress();
    if (stream_.open) {
        stream_.open->notify();
    }
}

void session::tell_disconnected(const error& why) noexcept {
    if (observers() && facts_) {
        observers()->each([&](observer& o) { o.on_disconnect({.connection = *facts_, .why = why}); });
    }
}

/// A transaction, or a savepoint, is over.
void session::end_scope(detail::transaction_scope& s, error why, transaction_end outcome) noexcept {
    s.end(std::move(why));
    tell_end(s, outcome);
}

/// Once.
void session::tell_end(detail::transaction_scope& s, transaction_end outcome) noexcept {
    if (s.observers_data) {
        const auto data = std::move(s.observers_data);
        const auto duration = clock::now() - s.begun;
        std::size_t i = 0;
        observers()->each([&](observer& o) { o.on_transaction_end({outcome, duration, s.attempt, *facts_, data[i++]}); });
    }
}

void session::tell_begun(detail::transaction_scope& s) {
    s.begun = clock::now();
    s.observers_data = std::make_unique<void*[]>(detail::observer_list::most);
    std::size_t i = 0;
    observers()->each([&](observer& o) { o.on_transaction_begin({.connection = *facts_, .data = s.observers_data[i++]}); });
}

} // namespace pgcoro::wire
