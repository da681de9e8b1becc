// SPDX-License-Identifier: BSL-1.0
// The lanes of a multiplexer: they come up, fail and are lost, and somebody is told.
#include "multiplexer/lane.hpp"
#include "multiplexer/mux_session.hpp"

#include <utility>

namespace pgcoro::lanes {

void mux_session::wake_lanes() {
    while (const auto n = plan_.next_to_wake()) {
        lanes_[*n]->connect();
    }
}

void mux_session::on_pause_over(lane& l) {
    if (!closed_) {
        plan_.resumed(l.number());
        l.connect();
    }
}

void mux_session::on_connected(lane& l, result<connection> made) {
    if (closed_) {
        return;
    }
    const bool again = l.was_up();
    if (!made) {
        on_connect_failed(l, made.error());
    } else if (!l.adopt(std::move(made).value())) {
        on_connect_failed(l, errc::connection_lost);
    } else {
        plan_.connected(l.number());
        ++counted_.connects;
        counted_.reconnects += again ? 1 : 0;
        events_.push_back({event::kind::connected, l.number(), {}});
        wake_lanes(); // what made others give up is over
    }
    tell_openers();
    go_on();
}

void mux_session::on_connect_failed(lane& l, const error& why) {
    ++counted_.failed_connects;
    counted_.last_connect_error = why;
    events_.push_back({event::kind::connect_failed, l.number(), why});
    const auto next = plan_.failed(l.number(), why);
    if (next.pause) {
        l.pause(*next.pause);
    }
    if (next.is_hopeless) {
        fail_waiting(why);
    }
}

// Called from inside of the lane's session.
void mux_session::on_lane_end(lane& l, const error& why, bool was_reset) noexcept {
    ++(was_reset ? counted_.resets : counted_.losses);
    events_.push_back({was_reset ? event::kind::reset : event::kind::lost, l.number(), why});
    suspects_ = suspects_ || why == errc::no_matching_server;
    l.pause(plan_.lost(l.number()));
    go_on_later();
}

/// Those that wait until each lane has been tried.
void mux_session::tell_openers() noexcept {
    if (!plan_.all_tried()) {
        return;
    }
    while (request* r = openers_.pop_front()) {
        complete(*r, plan_.up() != 0 ? error() : counted_.last_connect_error.with(error::nothing_sent));
    }
}

void mux_session::tell_events() {
    while (!events_.empty()) {
        const event e = std::move(events_.front());
        events_.erase(events_.begin());
        const auto tell = [&e](const auto& hook, const auto&... why) {
            if (hook) {
                hook(e.lane, why...);
            }
        };
        switch (e.what) {
        case event::kind::connected: tell(options_.on_connect); break;
        case event::kind::connect_failed: tell(options_.on_connect_failed, e.why); break;
        case event::kind::lost: tell(options_.on_lane_lost, e.why); break;
        case event::kind::reset: tell(options_.on_lane_reset, e.why); break;
        }
    }
}

multiplexer_stats mux_session::stats() const {
    multiplexer_stats s = counted_;
    s.lanes = lanes_.size();
    s.lanes_up = closed_ ? 0 : plan_.up();
    for (const auto& l : lanes_) {
        s.in_flight += l->unfinished();
    }
    return s;
}

} // namespace pgcoro::lanes
