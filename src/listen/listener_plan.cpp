// SPDX-License-Identifier: BSL-1.0
#include "listen/listener_plan.hpp"

#include "connect/endpoint_plan.hpp"

#include <utility>

namespace pgcoro::listening {

listener_plan::listener_plan(const listener_options& options, std::function<double()> random)
    : events_(options.max_queued, options.max_queued_bytes), backoff_(options.backoff), random_(std::move(random)) {}

void listener_plan::on_notification(notification&& n) {
    if (channels_.has_group()) [[unlikely]] {
        if (channels_.is_asked_for(n.channel)) {
            tell_gaps(); // the response to LISTEN is still to be read
        }
        if (!channels_.is_wanted(n.channel)) {
            return;
        }
    }
    events_.push(std::move(n));
}

void listener_plan::on_confirmed() {
    tell_gaps();
    channels_.confirmed();
    attempts_ = 0;
}

void listener_plan::tell_gaps() {
    for (gap& g : channels_.begin_to_hear()) {
        events_.push(std::move(g));
    }
}

std::optional<std::chrono::milliseconds> listener_plan::on_lost(const error& why) {
    channels_.lost(why);
    const auto pause = backoff_.delay_before(++attempts_, random_());
    const bool is_pointless = wire::is_permanent(why) || why == errc::notifications_not_delivered;
    if (is_pointless || !pause) {
        attempts_ = 0; // whoever asks next has a right to all attempts
        return std::nullopt;
    }
    return pause;
}

} // namespace pgcoro::listening
