// SPDX-License-Identifier: BSL-1.0
// Transactions: BEGIN travels with the first statement, what follows waits until it has succeeded, and one whose handle is gone
// is rolled back before anything else runs.
#include "base/loop_handler.hpp"
#include "wire/description.hpp"
#include "wire/request_outcome.hpp"
#include "wire/session.hpp"
#include "wire/type_lookup.hpp"

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

namespace pgcoro::wire {

namespace asio = boost::asio;
using detail::transaction_scope;
using phase = transaction_scope::phase;
using part = request::part;

error session::enter(transaction_scope& s) {
    if (gate_.closed) {
        return ended_by_.with(error::nothing_sent);
    }
    if (const auto* const outer = s.outer.get(); outer && (outer->at == phase::ending || outer->at == phase::over)) {
        return error(errc::transaction_over).with(error::nothing_sent);
    }
    if (s.outer.get() != transaction_.innermost) {
        return error(errc::transaction_open).with(error::nothing_sent);
    }
    if (!s.is_savepoint() && gate_.by_hand && transaction_.open) {
        // The server would only warn, and the COMMIT of one would be that of the other.
        return error(errc::transaction_open, "a transaction is open that was begun as SQL text").with(error::nothing_sent);
    }
    if (gate_.observed && !s.is_savepoint()) {
        tell_begun(s);
    }
    transaction_.innermost = &s;
    return {};
}

void session::abandon_transaction(std::shared_ptr<transaction_scope> s) noexcept {
    leave(*s);
    if (s->at == phase::over || gate_.closed) {
        return;
    }
    if (stream_.open && stream_.open->scope) {
        end_stream(errc::transaction_over);
    }
    transaction_scope& scope = *s;
    scope.rollback.self = std::move(s);
    scope.rollback.at = request::stage::waiting;
    queues_.waiting.push_back(scope.rollback);
    ++queues_.unfinished;
    if (!queues_.in_completions) {
        pump_later();
    }
}

/// It is no longer open here, and neither is what is nested in it.
void session::leave(transaction_scope& s) noexcept {
    transaction_scope* at = transaction_.innermost;
    while (at && at != &s) {
        at = at->outer.get();
    }
    if (!at) {
        return;
    }
    for (; transaction_.innermost != &s; transaction_.innermost = transaction_.innermost->outer.get()) {
        transaction_.innermost->end(errc::transaction_over);
    }
    transaction_.innermost = s.outer.get();
}

void session::end_transactions(const error& why) noexcept {
    for (; transaction_.innermost; transaction_.innermost = transaction_.innermost->outer.get()) {
        if (transaction_.innermost->at == phase::ending) {
            transaction_.innermost->end(why); // its COMMIT or ROLLBACK is in flight, and knows more
            continue;
        }
        const bool is_rolled_back = why == errc::transaction_over; // by whoever calls this
        end_scope(*transaction_.innermost, why, is_rolled_back ? transaction_end::rolled_back : transaction_end::lost);
    }
}

/// Of a request that belongs to another transaction than the innermost, or to none.
error session::out_of_turn(const request& r) const {
    if (!r.scope || (r.scope->at != phase::over && r.scope->at != phase::ending)) {
        return errc::transaction_open;
    }
    return r.scope->failure ? r.scope->failure : errc::transaction_over;
}

/// Whether what waits first can be sent now. Takes away what need not be sent at all.
bool session::front_may_go() {
    while (front_has_types()) {
        request& r = *queues_.waiting.front();
        if (&r == formats_.description.get()) {
            return true;
        }
        if (&r == resolution_.lookup.get()) {
            return send_limit(r); // perhaps for a description: it must not wait for one
        }
        if (r.is_stream && !queues_.in_flight.empty()) {
            return false; // requests ahead of it were removed unsent, and others are in flight
        }
        const bool is_fresh = r.scope && r.scope->at == phase::fresh;
        if (is_fresh || (r.scope ? r.scope->at == phase::open : transaction_.open || r.is_stream)) {
            switch (describe(r)) {
            case described::yes: break;
            case described::asks: return true; // and the question is now first
            case described::later: return false;
            case described::failed:
                if (is_fresh) {
                    r.goes_undescribed = true; // and fails itself, with the transaction
                    continue;
                }
                queues_.waiting.take_front();
                complete(r, std::exchange(formats_.failure, {}));
                run_completions_later();
                continue;
            }
        }
        if (!r.scope) {
            return send_limit(r);
        }
        transaction_scope& s = *r.scope;
        const bool ends = r.role != part::statement;
        switch (s.at) {
        case phase::beginning: return false;
        case phase::ending:
            if (&r == &s.rollback) {
                return false;
            }
            [[fallthrough]];
        case phase::over:
            queues_.waiting.take_front();
            static_cast<void>(stop_describing(r, out_of_turn(r)));
            complete(r, &r == &s.rollback ? error() : out_of_turn(r).with(error::nothing_sent));
            run_completions_later();
            continue;
        case phase::fresh:
            if (!ends) {
                return send_openings(s, r);
            }
            // The server knows nothing of it.
            queues_.waiting.take_front();
            leave(s);
            end_scope(s, {}, r.role == part::commit ? transaction_end::committed : transaction_end::rolled_back);
            complete(r);
            run_completions_later();
            continue;
        case phase::open:
            if (ends) {
                s.at = phase::ending;
            }
            if (!send_limit(r)) {
                return false;
            }
            if (ends && std::exchange(server_.limit_is_local, false)) {
                server_.limit.forget(); // undone if this rolls back, which is known only when others have been sent behind it
            }
            return true;
        }
    }
    return false;
}

/// The BEGIN and the SAVEPOINTs that no statement has needed until now.
bool session::send_openings(transaction_scope& innermost, request& first) {
    std::vector<transaction_scope*> fresh;
    for (transaction_scope* s = &innermost; s && s->at == phase::fresh; s = s->outer.get()) {
        fresh.push_back(s);
    }
    // What it is nested in may be about to end: whether that takes this one along is known when it has ended.
    if (const auto* const outer = fresh.back()->outer.get(); outer && outer->at != phase::open) {
        if (outer->at == phase::over) {
            leave(*fresh.back());
            for (transaction_scope* const s : fresh) {
                s->end(outer->failure);
            }
            return front_may_go(); // which finds it over
        }
        return false;
    }
    if (!send_limit(first)) { // outside of the transaction, which may be rolled back
        return false;
    }
    if (detail::is_simple(first)) {
        return true; // they travel in its own protocol
    }
    bool sent = (sending_.pipelined || set_pipelined(true)) && send_closes();
    for (auto s = fresh.rbegin(); sent && s != fresh.rend(); ++s) {
        transaction_scope& scope = **s;
        scope.at = phase::beginning;
        first.opens = first.opens || !scope.is_savepoint();
        sent = send_text(scope.opening().c_str(), command::open) &&
               (!scope.tracks_outcome() || send_text("select pg_catalog.pg_current_xact_id()", command::identify));
    }
    if (!sent) {
        sending_failed();
    }
    return sent;
}

namespace {

/// The one that BEGIN or SAVEPOINT was for whose answer comes next.
transaction_scope* first_beginning(transaction_scope* innermost) noexcept {
    transaction_scope* found = nullptr;
    for (transaction_scope* s = innermost; s; s = s->outer.get()) {
        found = s->at == phase::beginning ? s : found;
    }
    return found;
}

} // namespace

/// Of the BEGIN or SAVEPOINT whose answer comes next.
std::string_view session::text_of_opening() const noexcept {
    const transaction_scope* const s = first_beginning(queues_.in_flight.front()->scope);
    return s ? std::string_view(s->opening()) : std::string_view();
}

void session::on_opened(const PGresult* result) {
    transaction_scope* const s = first_beginning(queues_.in_flight.front()->scope);
    const bool is_id = expected_.front().kind == command::identify;
    transaction_.open = transaction_.open || !is_id;
    if (!s) {
        return; // its handle is gone, and that of what it is nested in
    }
    if (is_id && result && PQntuples(result) == 1 && PQfformat(result, 0) == text_format) {
        s->id = std::strtoull(PQgetvalue(result, 0, 0), nullptr, 10);
    } else if (is_id && result && PQntuples(result) == 1 && PQgetlength(result, 0, 0) == 8) {
        s->id = detail::load_big_endian<std::uint64_t>(reinterpret_cast<const std::byte*>(PQgetvalue(result, 0, 0)));
    }
    if (is_id || !s->tracks_outcome()) {
        s->at = phase::open;
    }
}

/// An error is the answer, or BEGIN was skipped after one.
void session::on_not_opened(const error& why) {
    if (transaction_scope* const s = first_beginning(queues_.in_flight.front()->scope)) {
        leave(*s);
        end_scope(*s, why, transaction_end::rolled_back);
    }
}

/// A request of a transaction has ended, and what it meant for that is known.
void session::end_part(request& r, bool failed) {
    transaction_scope& s = *r.scope;
    const bool is_settled = expected_.empty(); // else libpq does not know yet
    const bool is_idle = is_settled && PQtransactionStatus(libpq()) == PQTRANS_IDLE;
    if (r.role == part::statement) {
        if (is_idle && s.at == phase::open) {
            // Somebody has sent the text of a COMMIT or ROLLBACK.
            transaction_scope* outermost = &s;
            for (transaction_scope* ended = &s; ended; ended = ended->outer.get()) {
                end_scope(*ended, errc::transaction_over,
                          !failed && may_have_committed(r, r.steps()) ? transaction_end::committed
                                                                      : transaction_end::rolled_back);
                outermost = ended;
            }
            leave(*outermost);
        }
        return;
    }
    const bool is_committed = r.role == part::commit && !failed && !s.was_rolled_back;
    const auto outcome = is_committed ? transaction_end::committed : transaction_end::rolled_back;
    if (s.at != phase::ending) {
        tell_end(s, outcome); // what it was nested in has ended before, or its connection was given back meanwhile
        return;
    }
    if (failed && &r == &s.rollback && !s.is_savepoint()) {
        // Nobody is left to try again, and nobody may have a connection that is in a transaction without knowing it.
        asio::post(where().executor(), loop_handler(shared_from_this(), [](session& self) {
                       self.lose(error(errc::connection_lost, "the connection was closed because a ROLLBACK failed"));
                   }));
    }
    // A savepoint in an aborted transaction cannot be released, but rolled back to. After a failed COMMIT nothing is left.
    if (failed && (s.is_savepoint() ? r.role == part::commit : is_settled && !is_idle)) {
        s.at = phase::open;
        return;
    }
    if (s.is_savepoint() && !failed) {
        transaction_.open = true; // the tag of ROLLBACK TO looks like the end of it all
    }
    leave(s);
    end_scope(s, {}, outcome);
}

} // namespace pgcoro::wire
