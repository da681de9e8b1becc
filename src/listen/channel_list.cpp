// SPDX-License-Identifier: BSL-1.0
#include "listen/channel_list.hpp"

#include <algorithm>
#include <utility>

namespace pgcoro::listening {

void channel_list::unlisten(std::string_view channel) {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) {
        return;
    }
    found->second.wanted = false;
    if (found->second.at == state::absent) {
        channels_.erase(found);
    }
}

bool channel_list::any_wanted() const noexcept {
    return std::ranges::any_of(channels_, [](const auto& c) { return c.second.wanted; });
}

bool channel_list::is_wanted(std::string_view channel) const noexcept {
    const auto found = channels_.find(channel);
    return found != channels_.end() && found->second.wanted;
}

bool channel_list::is_heard(std::string_view channel) const noexcept {
    const auto found = channels_.find(channel);
    return found != channels_.end() && found->second.wanted && found->second.at == state::heard;
}

bool channel_list::is_asked_for(std::string_view channel) const noexcept {
    const auto found = channels_.find(channel);
    return found != channels_.end() && found->second.at == state::listening;
}

std::vector<command> channel_list::next_commands() {
    std::vector<command> group;
    if (in_flight_) {
        return group;
    }
    for (auto& [name, c] : channels_) {
        if (c.wanted && c.at == state::absent) {
            c.at = state::listening;
            group.push_back({name, true});
        } else if (!c.wanted && c.at == state::heard) {
            c.at = state::unlistening;
            group.push_back({name, false});
        }
    }
    in_flight_ = !group.empty();
    told_ = false;
    return group;
}

std::vector<gap> channel_list::begin_to_hear() {
    std::vector<gap> gaps;
    if (!in_flight_ || std::exchange(told_, true)) {
        return gaps;
    }
    if (lost_by_) {
        gaps.push_back({gap_cause::reconnected, {}, 0, std::exchange(lost_by_, {})});
        return gaps;
    }
    for (const auto& [name, c] : channels_) {
        if (c.at == state::listening) {
            gaps.push_back({gap_cause::listening, name, 0, {}});
        }
    }
    return gaps;
}

void channel_list::confirmed() {
    in_flight_ = false;
    for (auto& [name, c] : channels_) {
        if (c.at == state::listening) {
            c.at = state::heard;
        } else if (c.at == state::unlistening) {
            c.at = state::absent;
        }
    }
    forget_unwanted();
}

void channel_list::lost(const error& why) {
    in_flight_ = false;
    for (auto& [name, c] : channels_) {
        const auto was = std::exchange(c.at, state::absent);
        if (was == state::heard || was == state::unlistening || (was == state::listening && told_)) {
            lost_by_ = why;
        }
    }
    forget_unwanted();
}

void channel_list::forget_unwanted() {
    std::erase_if(channels_, [](const auto& named) { return named.second.at == state::absent && !named.second.wanted; });
}

} // namespace pgcoro::listening
