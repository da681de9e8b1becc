// SPDX-License-Identifier: BSL-1.0
#include "multiplexer/lane_plan.hpp"

#include "connect/endpoint_plan.hpp"

#include <algorithm>

namespace pgcoro::lanes {

lane_plan::lane_plan(std::size_t lanes, const backoff_options& how, std::function<double()> random)
    : lanes_(lanes), how_(how), backoff_(how), random_(std::move(random)) {}

std::optional<std::size_t> lane_plan::next_to_wake() noexcept {
    const auto found = std::ranges::find(lanes_, state::resting, &lane_state::at);
    if (found == lanes_.end()) {
        return std::nullopt;
    }
    found->at = state::connecting;
    return static_cast<std::size_t>(found - lanes_.begin());
}

void lane_plan::connected(std::size_t lane) noexcept {
    lanes_[lane].at = state::up;
    ++up_;
}

lane_plan::verdict lane_plan::failed(std::size_t lane, const error& why) {
    lane_state& l = lanes_[lane];
    const bool is_permanent = wire::is_permanent(why);
    auto pause = next_pause(l);
    if (up_ != 0) {
        // Others work: it is worth a try forever, but not often.
        pause = pause.value_or(how_.maximum);
    } else if (is_permanent) {
        pause.reset();
    }
    l.at = pause ? state::pausing : state::resting;
    if (!pause) {
        l.attempts = 0; // who asks has a right to all attempts
    }
    const bool none_may_be_soon = count(state::connecting) == 0 && (is_permanent || count(state::pausing) == 0);
    return {pause, up_ == 0 && none_may_be_soon};
}

// Not at once: a server that takes connections only to end them would be asked without a pause.
std::chrono::milliseconds lane_plan::lost(std::size_t lane) {
    --up_;
    lanes_[lane].at = state::pausing;
    return next_pause(lanes_[lane]).value_or(how_.maximum);
}

std::optional<std::chrono::milliseconds> lane_plan::next_pause(lane_state& lane) {
    return backoff_.delay_before(++lane.attempts, random_());
}

std::size_t lane_plan::count(state s) const noexcept {
    return static_cast<std::size_t>(std::ranges::count(lanes_, s, &lane_state::at));
}

} // namespace pgcoro::lanes
