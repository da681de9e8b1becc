// SPDX-License-Identifier: BSL-1.0
// What observers are told about requests and transactions. Without observers, none of this runs.
#include "wire/session_inline.hpp"

#include <pgcoro/detail/transaction_scope.hpp>

#include <utility>

namespace pgcoro::wire {

using detail::observation;

/// False if the request is over before it began.
[[gnu::noinline]] bool session::observe(request& r, bool small) {
    observation::begin_here(*this, r).reached(facts_.get());
    return needs_no_look(r, small, false) || admit(r);
}

/// The request that is being sent takes chunks or is observed. `without_name`: its one statement goes without one, next.
[[gnu::noinline]] void session::on_special_sent(request& r, bool without_name) noexcept {
    notify_.in_chunks = notify_.in_chunks || r.takes_chunks;
    if (r.is_observed) {
        sending_.commented = without_name ? observation::of(r).commented() : nullptr;
        // One that has found the session idle goes at once, unless something has to go before it.
        if (sending_.solo_streak != 0 && !queues_.in_completions && !r.needs_care) {
            observation::of(r).sent_at_once();
        } else {
            note_sent(r);
        }
    }
}

[[gnu::noinline]] void session::note_sent(request& r) noexcept { observation::of(r).sent(clock::now()); }

[[gnu::noinline]] bool session::take_special(request& r, detail::result_handle& result) {
    if (r.is_observed) {
        observation::of(r).count(result.get());
    }
    if (!r.takes_chunks) {
        return r.consume(head_.step, result, types_);
    }
    return end_of_rows(r, result);
}

/// Some rows of a stream, or the result of a COPY or of a statement of a script, have come.
void session::count_rows(const PGresult* result) noexcept {
    if (stream_.open && stream_.open->is_observed) {
        observation::of(*stream_.open).count(result);
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
