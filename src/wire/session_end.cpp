// SPDX-License-Identifier: BSL-1.0
// The end of a session: what becomes of everything that waits or is in flight.
#include "wire/cancel_request.hpp"
#include "wire/description.hpp"
#include "wire/lane_observer.hpp"
#include "wire/loss.hpp"
#include "wire/request_outcome.hpp"
#include "wire/session.hpp"
#include "wire/type_lookup.hpp"

#include <pgcoro/detail/transaction_scope.hpp>

#include <utility>

namespace pgcoro::wire {
namespace {

/// Poolers say FATAL too when they lose their server, but know no more than we do. Only PostgreSQL names the function.
bool said_by_the_server(const error& fatal) noexcept { return fatal.severity() == "FATAL" && !fatal.routine().empty(); }

} // namespace

void session::drop_all() noexcept {
    gate_.closed = true;
    request_list doomed;
    for (auto* list : {&queues_.waiting, &queues_.in_flight, &retry_.held, &resolution_.unread, &resolution_.asking,
                       &rows_.ordered, &rows_.due, &queues_.completed}) {
        doomed.append(*list);
    }
    end_transactions(errc::connection_closed);
    stop_cancelling();
    disconnect(expected_.empty());
    expected_.clear();
    while (request* r = doomed.pop_front()) {
        if (r->scope && r->role != request::part::statement) {
            end_scope(*r->scope, errc::connection_closed,
                      r->role == request::part::commit ? transaction_end::unknown : transaction_end::lost);
        }
        r->drop();
    }
    if (auto* const observer = std::exchange(lane_.observer, nullptr)) {
        observer->on_dropped();
    }
}

void session::close(error why) noexcept {
    if (!gate_.closed) {
        end_all(why);
        run_completions_later();
    }
}

/// The connection is gone, or must go.
void session::lose(error why) {
    if (gate_.closed) {
        return;
    }
    if (!server_.fatal && made_.notices && made_.notices->fatal()) {
        server_.fatal = *made_.notices->fatal();
    }
    // The server's own word says more than "connection reset", which follows from it.
    end_all((server_.fatal ? server_.fatal : why).with(error::lost));
    run_completions_later();
}

void session::end_all(const error& why) {
    const bool said_fatal = said_by_the_server(server_.fatal) && !(made_.notices && made_.notices->has_lost_answers());
    loss judge({.in_transaction = has_open_transaction(),
                .server_said_fatal = said_fatal,
                .server_was_idle = said_fatal && (server_.fatal == sqlstate::idle_in_transaction_session_timeout ||
                                                  server_.fatal == sqlstate::idle_session_timeout),
                .head_was_executed = head_.failure ? head_.was_executed : head_has_results(),
                .head_failed = head_.failure && !head_.failure.connection_lost()});
    gate_.closed = true;
    ended_by_ = why;
    lose_held(why);
    while (request* r = queues_.in_flight.pop_front()) {
        if (r->opens) {
            judge.statement("begin");
        }
        for_each_statement(*r, [&](std::string_view sql) { judge.statement(sql); });
        // For a reason of its own, and not for one that would have been gone had it been sent again.
        const bool was_refused = head_.failure && !head_.failure.connection_lost() && !retry_.would_succeed();
        const error failure = std::exchange(head_.failure, {});
        error outcome = failure && (was_refused || failure.connection_lost()) ? failure.with(error::lost) : why;
        retry_.stale = nullptr;
        retry_.stale_types = retry_.needs_text = false;
        auto verdict = judge.judge();
        if (r->is_stream && !static_cast<const detail::stream_request&>(*r).may_have_happened()) {
            verdict = loss::verdict::not_done;
        }
        switch (verdict) {
        case loss::verdict::not_done: outcome = was_refused ? outcome : outcome.with(error::not_done); break;
        case loss::verdict::never_ran: outcome = unsent(*r, std::move(outcome)); break;
        case loss::verdict::in_doubt: outcome = outcome.with(error::in_doubt); break;
        }
        if (r->scope && r->role != request::part::statement) {
            const bool is_known = r->role == request::part::rollback || !outcome.outcome_unknown();
            end_scope(*r->scope, why, is_known ? transaction_end::lost : transaction_end::unknown);
        }
        complete(*r, std::move(outcome));
    }
    // These have run, and their results are lost.
    for (auto* list : {&resolution_.unread, &resolution_.asking}) {
        while (request* r = list->pop_front()) {
            complete(*r, unanswered(*r, why));
        }
    }
    if (lane_.observer) {
        return_unsent();
    }
    stop_cancelling();
    cancelling_.given_up = 0;
    while (request* r = queues_.waiting.pop_front()) {
        if (r->scope && r->role == request::part::rollback) {
            end_scope(*r->scope, why, transaction_end::lost); // its handle is gone
        }
        complete(*r, unsent(*r, why));
    }
    end_transactions(why);
    tell_disconnected(why);
    disconnect(expected_.empty());
    expected_.clear();
    sending_.unflushed = 0;
    sending_.current = nullptr;
    gate_.exclusive = false;
    leave_stream();
    queues_.in_flight_count = 0;
    if (auto* const observer = std::exchange(lane_.observer, nullptr)) {
        observer->on_end(why);
    }
}

void session::disconnect(bool politely) noexcept {
    timer_.cancel();
    ++io_.registration;
    io_.socket.close();
    io_.tls = nullptr;
    libpq_ = nullptr;
    if (made_.connection && !politely) {
        abandon(std::move(made_.connection));
    }
    made_.connection.reset();
}

} // namespace pgcoro::wire
