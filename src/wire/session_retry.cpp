// SPDX-License-Identifier: BSL-1.0
// Requests that failed for a reason that is gone when they are sent again: a prepared statement that had gone stale, a type
// that has another number now, rows that cannot be had in binary.
//
//   queues_.in_flight -> refused by the server -> retry_.held -> all that was sent behind it is answered -> queues_.waiting
#include "libpq/server_error.hpp"
#include "wire/request_outcome.hpp"
#include "wire/session.hpp"

#include <memory>
#include <utility>

namespace pgcoro::wire {
namespace {

// What the server may say when it analyses a prepared statement again: the types of its parameters, once inferred, no longer
// fit (class 42), its columns would be others (0A000), something it refers to is gone by its number (XX000), or it is unknown
// (26000). "PostgreSQL: PREPARE", notes. What fails so inside of a function has a context, and preparing anew would not help.
bool may_be_stale_statement(const error& e) noexcept {
    switch (e.sqlstate()) {
    case sqlstate::internal_error: return true;
    case sqlstate::feature_not_supported:
    case sqlstate::invalid_sql_statement_name: return e.context().empty();
    // These do not depend on when the statement was analysed.
    case sqlstate::insufficient_privilege:
    case sqlstate::duplicate_table:
    case sqlstate::duplicate_object:
    case sqlstate::duplicate_column:
    case sqlstate::duplicate_function:
    case sqlstate::duplicate_schema:
    case sqlstate::duplicate_database:
    case sqlstate::duplicate_cursor:
    case sqlstate::duplicate_alias: return false;
    default: return to_string(e.sqlstate()).starts_with("42") && e.context().empty();
    }
}

// What the server says of a type's number that is no longer one, or another's: of a parameter, inside an array, and inside a
// composite or range.
bool may_be_stale_type(const error& e) noexcept {
    return e == sqlstate::undefined_object || e == sqlstate::datatype_mismatch || e == sqlstate::internal_error;
}

} // namespace

/// Whether the request at the head may succeed if it is sent again, and nothing of it was done.
void session::consider_retrying(error& e) {
    const auto [kind, statement] = expected_.front();
    request& head = *queues_.in_flight.front();
    const bool has_given_rows = head.is_stream && stream_.has_rows;
    if ((kind == command::execute || kind == command::exclusive) && lacks_binary_output(e) && asks_for_rows(head_.step)) {
        retry_.needs_text =
            note_lack_of_binary(head, head_.step) && !has_given_rows && !may_have_committed(head, head_.step + 1);
        e = without_binary_output(e);
        return;
    }
    if (has_given_rows || may_have_committed(head, head_.step + (e.context().empty() ? 0 : 1))) {
        return;
    }
    bool is_stale = false;
    if (kind == command::prepare) {
        is_stale = e == sqlstate::duplicate_prepared_statement;
    } else if (statement) {
        // A Parse that travelled with it has just been analysed: nothing could have changed since.
        is_stale = may_be_stale_statement(e) && (e == sqlstate::invalid_sql_statement_name || retry_.parsed != statement);
    }
    if (is_stale && (e == sqlstate::duplicate_prepared_statement ||
                     (e == sqlstate::invalid_sql_statement_name && !statement->parse_failure))) {
        naming_.surprised();
    }
    retry_.stale = is_stale ? statement : nullptr;
    if (retry_.stale) {
        ++retry_.stale->in_flight; // it must not be evicted before the request is over
    }
    retry_.stale_types = head.has_named_types && (is_stale || may_be_stale_type(e)) && !may_have_committed(head, head.steps());
}

void session::end_failed_request(request& r) {
    const error failure = std::exchange(head_.failure, {});
    prepared_statement* const stale = std::exchange(retry_.stale, nullptr);
    if (stale) {
        --stale->in_flight;
    }
    const bool has_stale_types = std::exchange(retry_.stale_types, false);
    const bool needs_text = std::exchange(retry_.needs_text, false);
    const bool is_given_up = r.abandoned != request::abandonment::none;
    cancelling_.given_up -= is_given_up ? 1 : 0;
    if (!is_given_up || !(stale || has_stale_types || needs_text)) {
        // The server keeps deadlines, too. If it was quicker than a busy client, that is the same to the caller.
        const bool is_overdue = options_.tells_deadlines && failure == sqlstate::query_canceled && r.expires <= clock::now();
        r.outcome = is_overdue ? unanswered(r, errc::timed_out) : failure;
    } // else it would have been sent again: why it was given up says more
    if (has_stale_types) {
        types_ = std::make_shared<const detail::type_catalogue>(server_.version); // the next one will ask for what it needs
    }
    head_.was_executed = head_.answered = false;
    if (stale && stale->where == prepared_statement::state::ready && failure != sqlstate::duplicate_prepared_statement) {
        // Not if its Parse failed, or is on its way already.
        naming_.is_shared() ? cache_.give_up_name(*stale) : cache_.renew(*stale);
    }
    if (!is_given_up && (((stale || has_stale_types) && !r.retried) || needs_text)) {
        r.needs_types = r.has_named_types;
        r.needs_care = r.needs_care || r.needs_types;
        r.asked_types = false;
        r.retried = r.retried || !needs_text;
        r.goes_unnamed = r.goes_unnamed || r.retried;
        r.sent_for_text = r.sent_for_text || needs_text;
        r.at = request::stage::waiting; // the server refused it unread: it can be taken back
        retry_.held.push_back(r);
    } else {
        pass_held();
        complete(r);
    }
    settle_if_answered();
}

/// The last answer may be that to a request, or to what the session has asked itself.
void session::settle_if_answered() {
    if (expected_.empty()) {
        const auto state = PQtransactionStatus(libpq());
        transaction_.open = state != PQTRANS_IDLE;
        if (settings_.is_local() && !transaction_.open) {
            forget_local_settings();
        }
        if (state == PQTRANS_UNKNOWN && !retry_.held.empty()) {
            lose(libpq_error(libpq())); // before anything could be sent again
        } else {
            settle_held();
        }
    }
}

/// Something behind the held ones has run: to send them again now would change the order. The requests of a lane have none.
void session::pass_held() {
    if (!lane_.observer) {
        fail_held();
    } else if (expected_.empty()) {
        settle_held();
    }
}

void session::fail_held() {
    while (request* h = retry_.held.pop_front()) {
        complete(*h, h->outcome.with(error::not_done));
    }
}

/// All that was sent has been answered: only now is it known whether the held requests had failed inside a transaction.
void session::settle_held() {
    if (transaction_.open) {
        fail_held();
    } else {
        take_back_held();
    }
}

/// As if they had never been sent.
void session::take_back_held() {
    request_list again;
    while (request* h = retry_.held.pop_front()) {
        h->rewind();
        if (h->is_observed) {
            detail::observation::of(*h).rewind();
        }
        h->has_unread = h->in_chunks = false;
        h->outcome = {};
        again.push_back(*h);
    }
    queues_.waiting.prepend(again);
}

/// The session is over. That they had failed for a reason that is gone would be no answer.
void session::lose_held(const error& why) {
    if (lane_.observer && !transaction_.open) {
        take_back_held();
    }
    while (request* h = retry_.held.pop_front()) {
        complete(*h, why.with(error::not_done));
    }
}

} // namespace pgcoro::wire
