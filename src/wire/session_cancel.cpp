// SPDX-License-Identifier: BSL-1.0
// What was given up while it is in flight: the server is asked to stop it, within limits, and nothing else is sent until that
// is over. See cancel_plan.
#include "statement/sql_command.hpp"
#include "wire/cancel_request.hpp"
#include "wire/session.hpp"

#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

namespace pgcoro::wire {
namespace {

constexpr std::chrono::milliseconds longest_pause(500);

} // namespace

/// Nothing happens as long as somebody still waits for an answer: the signal hits whatever runs when it arrives.
void session::consider_cancelling() noexcept {
    // Lanes belong to everybody, and more statements will follow at once.
    if (lane_.observer || gate_.closed || cancelling_.given_up == 0 || cancelling_.given_up != queues_.in_flight_count ||
        options_.cancel_timeout <= std::chrono::milliseconds::zero()) {
        return;
    }
    if (cancelling_.plan.is_idle()) {
        queues_.window = 0;
        cancelling_.begin(options_.cancel_timeout);
        watch_deadline(cancelling_.step_ends());
    }
    carry_out(cancelling_.plan.given_up(may_ask_to_stop()));
}

void session::watch_step(std::chrono::milliseconds limit) {
    cancelling_.limit_step(limit);
    watch_deadline(cancelling_.step_ends());
}

/// All was sent, and none of it is a COMMIT. Of a COPY that has begun, data may be left to be sent.
bool session::may_ask_to_stop() const noexcept {
    const bool is_copying = stream_.open && stream_.at == stream_progress::phase::copy_in;
    if (sending_.current || (gate_.blocked && !is_copying) || stream_.ask_from != clock::time_point::max()) {
        return false;
    }
    for (const request* r = queues_.in_flight.front(); r; r = r->next) {
        for (std::size_t step = 0, steps = r->steps(); step < steps; ++step) {
            if (effect_of(r->text(step).view()) == transaction_effect::commits) {
                return false;
            }
        }
    }
    return true;
}

void session::carry_out(cancel_plan::action what) noexcept {
    switch (what) {
    case cancel_plan::action::none: return;
    case cancel_plan::action::ask: ask_to_stop(); return;
    case cancel_plan::action::echo:
        cancelling_.begin_echo(options_.cancel_timeout);
        watch_deadline(cancelling_.step_ends());
        if ((!sending_.pipelined && !set_pipelined(true)) || !send_ours("select 1", command::ours)) {
            sending_failed();
        }
        return;
    case cancel_plan::action::go_on: stop_cancelling(); return;
    case cancel_plan::action::close: lose(cancelling_.failure(queues_.in_flight_count != 0)); return;
    }
}

void session::ask_to_stop() {
    cancelling_.begin_request(queues_.in_flight_count);
    watch_step(options_.cancel_timeout);
    auto started = cancel_request::start(where().executor(), libpq(), [this](bool confirmed, std::string_view complaint) {
        const auto self = shared_from_this();
        const detail::bound_executor::handling here(where());
        cancelling_.complain(complaint);
        const auto done = cancelling_.take_request(); // the complaint is part of it
        // One confirmed is worth another try.
        watch_step(confirmed ? std::min(options_.cancel_timeout / 4, longest_pause) : options_.cancel_timeout);
        carry_out(confirmed ? cancelling_.plan.confirmed() : cancelling_.plan.failed());
        if (!gate_.closed) {
            go_on_giving_up();
            pump();
        }
    });
    if (!started) {
        cancelling_.complain("it could not be sent");
        cancelling_.plan.failed(); // then it ends by itself, or not in time
    }
    cancelling_.carry(std::move(started));
}

void session::on_step_overdue() {
    const bool is_last = cancelling_.end_step(clock::now());
    if (cancelling_.take_request()) {
        cancelling_.complain("it was not answered");
    }
    carry_out(cancelling_.plan.overdue(is_last));
}

/// More was given up, or less is in flight.
void session::go_on_giving_up() {
    consider_cancelling();
    if (!cancelling_.plan.is_idle() && expected_.empty()) {
        carry_out(cancelling_.plan.answered());
    } else if (cancelling_.has_progressed(queues_.in_flight_count)) {
        carry_out(cancelling_.plan.next_is_due());
    }
    notify_.giving_up = cancelling_.given_up != 0 || !cancelling_.plan.is_idle();
}

/// The session is over, or may be used again.
void session::stop_cancelling() noexcept {
    cancelling_.end();
    queues_.window = options_.most_in_flight;
}

/// The statement at the head has failed. If it was a COMMIT, what was set in the transaction is undone, and no tag says so.
void session::forget_limit_of_commit(bool was_in_transaction) noexcept {
    const request& r = *queues_.in_flight.front();
    if (was_in_transaction && head_.step < r.steps() && effect_of(r.text(head_.step).view()) == transaction_effect::commits) {
        server_.limit.forget();
    }
}

/// Tells the server how long the request that is sent next may take, if it does not know.
bool session::send_limit(const request& r) {
    if (!options_.tells_deadlines) {
        return true;
    }
    std::optional<std::chrono::milliseconds> left;
    const auto expires = r.is_stream ? static_cast<const detail::stream_request&>(r).ends_by() : r.expires;
    if (expires != clock::time_point::max()) {
        left = std::chrono::ceil<std::chrono::milliseconds>(expires - clock::now());
    }
    const auto sql = server_.limit.change(left);
    if (sql && ((!sending_.pipelined && !set_pipelined(true)) || !send_ours(sql->c_str(), command::ours))) {
        sending_failed();
        return false;
    }
    for (const auto* s = r.scope ? r.scope : transaction_.innermost; sql && s; s = s->outer.get()) {
        server_.limit_is_local = server_.limit_is_local || s->at != detail::transaction_scope::phase::fresh;
    }
    return true;
}

} // namespace pgcoro::wire
