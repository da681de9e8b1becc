// SPDX-License-Identifier: BSL-1.0
// What observers are told about requests and transactions. Without observers, none of this runs.
#include "wire/session.hpp"

#include <pgcoro/detail/transaction_scope.hpp>

#include <utility>

namespace pgcoro::wire {

using detail::observation;

/// False if the request is over before it began.
[[gnu::noinline]] bool session::observe(request& r, bool small) {
    observation::begin_here(*this, r).reached(facts_.get());
    const bool is_plain = !gate_.closed && !gate_.limits_all && !gate_.by_hand && !gate_.asks_whose && !gate_.streaming &&
                          r.scope == transaction_.innermost && small && r.expires == clock::time_point::max();
    return is_plain || admit(r);
}

/// The request that is being sent takes chunks or is observed.
[[gnu::noinline]] void session::on_special_sent(request& r) noexcept {
    notify_.in_chunks = notify_.in_chunks || r.takes_chunks;
    if (r.is_observed) {
        // One that has found the session idle goes at once.
        if (sending_.solo_streak != 0 && !queues_.in_completions) {
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

/// Some bytes of a stream or COPY have passed.
void session::count_stream(std::size_t received, std::size_t sent) noexcept {
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

void session::tell_disconnected(const error& why) noexcept {
    if (observers() && facts_) {
        observers()->each([&](observer& o) { o.on_disconnect({.connection = *facts_, .why = why}); });
    }
}

/// A transaction, or a savepoint, is over.
void session::end_scope(detail::transaction_scope& s, error why, transaction_end outcome) noexcept {
    s.end(std::move(why));
    if (observers() && !s.is_savepoint() && s.begun != clock::time_point()) {
        const transaction_event e{outcome, clock::now() - std::exchange(s.begun, {}), s.attempt, *facts_};
        observers()->each([&](observer& o) { o.on_transaction_end(e); });
    }
}

} // namespace pgcoro::wire
