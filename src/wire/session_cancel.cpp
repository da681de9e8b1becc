// SPDX-License-Identifier: BSL-1.0
// What was given up while it is in flight: the server is asked to stop it, within limits, and nothing else is sent until that
// is over. See cancel_plan.
#include "wire/cancel_request.hpp"
#include "wire/loss.hpp"
#include "wire/session.hpp"

#include <pgcoro/detail/saturating.hpp>

namespace pgcoro::wire {
namespace {

constexpr std::chrono::milliseconds longest_pause(500);

} // namespace

/// Nothing happens as long as somebody still waits for an answer: the signal hits whatever runs when it arrives.
void session::consider_cancelling() noexcept {
    // Lanes belong to everybody, and more statements will follow at once.
    if (observer_ || closed_ || given_up_ == 0 || given_up_ != in_flight_count_ ||
        options_.cancel_timeout <= std::chrono::milliseconds::zero()) {
        return;
    }
    if (cancelling_.is_idle()) {
        window_ = 0;
        cancelling_ends_ = detail::after(detail::from_now(options_.cancel_timeout), options_.cancel_timeout);
        watch_step(std::chrono::milliseconds::max());
    }
    carry_out(cancelling_.given_up(may_ask_to_stop()));
}

void session::watch_step(std::chrono::milliseconds limit) {
    step_ends_ = std::min(cancelling_ends_, detail::from_now(limit));
    watch_deadline(step_ends_);
}

/// All was sent, and none of it is a COMMIT.
bool session::may_ask_to_stop() const noexcept {
    if (sending_ || blocked_) {
        return false;
    }
    for (const request* r = in_flight_.front(); r; r = r->next) {
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
        cancelling_ends_ = clock::time_point::max();
        watch_step(options_.cancel_timeout);
        if ((!pipelined_ && !set_pipelined(true)) || !send_ours("select 1", command::ours)) {
            sending_failed();
        }
        return;
    case cancel_plan::action::go_on: stop_cancelling(); return;
    case cancel_plan::action::close: lose(why_not_cancelled()); return;
    }
}

/// Either the statement has not ended, or it is unknown whether a signal is still on its way.
error session::why_not_cancelled() const {
    std::string why = "the connection was closed because ";
    if (in_flight_count_ != 0) {
        why += "a statement that was given up did not end in time";
        why += cancel_complaint_.empty() ? "" : "; its cancel request failed: ";
    } else {
        why += cancel_complaint_.empty() ? "the server did not answer in time after a statement was given up"
                                         : "the cancel request of a statement that was given up failed: ";
    }
    return error(errc::connection_lost, why + cancel_complaint_);
}

void session::ask_to_stop() {
    asked_for_ = in_flight_count_;
    watch_step(options_.cancel_timeout);
    cancel_complaint_.clear();
    cancel_request_ = cancel_request::start(where().executor(), libpq(), [this](bool confirmed, std::string_view complaint) {
        const auto self = shared_from_this();
        const detail::bound_executor::handling here(where());
        cancel_complaint_ = complaint;
        const auto done = std::exchange(cancel_request_, nullptr); // the complaint is part of it
        // One confirmed is worth another try.
        watch_step(confirmed ? std::min(options_.cancel_timeout / 4, longest_pause) : options_.cancel_timeout);
        carry_out(confirmed ? cancelling_.confirmed() : cancelling_.failed());
        if (!closed_) {
            go_on_giving_up();
            pump();
        }
    });
    if (!cancel_request_) {
        cancel_complaint_ = "it could not be sent";
        cancelling_.failed(); // then it ends by itself, or not in time
    }
}

void session::on_step_overdue() {
    const bool is_last = clock::now() >= cancelling_ends_;
    if (std::exchange(cancel_request_, nullptr)) {
        cancel_complaint_ = "it was not answered";
    }
    step_ends_ = cancelling_ends_;
    carry_out(cancelling_.overdue(is_last));
}

/// More was given up, or less is in flight.
void session::go_on_giving_up() {
    consider_cancelling();
    if (!cancelling_.is_idle() && expected_.empty()) {
        carry_out(cancelling_.answered());
    } else if (in_flight_count_ < asked_for_) {
        carry_out(cancelling_.next_is_due());
    }
    giving_up_ = given_up_ != 0 || !cancelling_.is_idle();
}

/// The session is over, or may be used again.
void session::stop_cancelling() noexcept {
    cancelling_ = {};
    cancel_request_.reset();
    cancel_complaint_.clear();
    cancelling_ends_ = step_ends_ = clock::time_point::max();
    window_ = options_.most_in_flight;
}

/// Tells the server how long the request that is sent next may take, if it does not know.
bool session::send_limit(const request& r) {
    if (!options_.tells_deadlines) {
        return true;
    }
    std::optional<std::chrono::milliseconds> left;
    if (r.expires != clock::time_point::max()) {
        left = std::chrono::ceil<std::chrono::milliseconds>(r.expires - clock::now());
    }
    const auto sql = server_limit_.change(left);
    if (sql && ((!pipelined_ && !set_pipelined(true)) || !send_ours(sql->c_str(), command::ours))) {
        sending_failed();
        return false;
    }
    return true;
}

} // namespace pgcoro::wire
