// SPDX-License-Identifier: BSL-1.0
#include "listen/event_queue.hpp"

#include <algorithm>
#include <utility>

namespace pgcoro::listening {
namespace {

std::size_t size_of(const notification& n) noexcept { return sizeof(listener_event) + n.channel.size() + n.payload.size(); }
std::size_t size_of(const listener_event& e) noexcept {
    const auto* const n = std::get_if<notification>(&e);
    return n ? size_of(*n) : sizeof e;
}

} // namespace

gap merge(gap first, gap second) {
    gap both;
    both.cause = std::max(first.cause, second.cause);
    both.channel = first.channel == second.channel ? std::move(first.channel) : std::string();
    both.dropped = first.dropped + second.dropped;
    both.reason = second.reason ? std::move(second.reason) : std::move(first.reason);
    return both;
}

void event_queue::push(notification n) {
    bytes_ += size_of(n);
    events_.emplace_back(std::move(n));
    if (events_.size() > most_ || bytes_ > most_bytes_) {
        shrink();
    }
}

void event_queue::push(gap g) {
    if (auto* const last = events_.empty() ? nullptr : std::get_if<gap>(&events_.back())) {
        *last = merge(std::move(*last), std::move(g));
    } else if (events_.empty() && dropped_) {
        dropped_ = merge(std::move(*dropped_), std::move(g));
    } else {
        bytes_ += sizeof(listener_event);
        events_.emplace_back(std::move(g));
        shrink();
    }
}

void event_queue::shrink() {
    while (events_.size() > 1 && (events_.size() > most_ || bytes_ > most_bytes_)) {
        bytes_ -= size_of(events_.front());
        auto* const oldest = std::get_if<gap>(&events_.front());
        gap lost = oldest ? std::move(*oldest) : gap{gap_cause::overflow, {}, 1, {}};
        dropped_ = dropped_ ? merge(std::move(*dropped_), std::move(lost)) : std::move(lost);
        events_.pop_front();
    }
    if (auto* const first = dropped_ ? std::get_if<gap>(&events_.front()) : nullptr) {
        // What is dropped and what was missed are next to each other now.
        dropped_ = merge(std::move(*dropped_), std::move(*first));
        bytes_ -= sizeof(listener_event);
        events_.pop_front();
    }
}

listener_event event_queue::take() {
    if (dropped_) {
        return *std::exchange(dropped_, std::nullopt);
    }
    listener_event oldest = std::move(events_.front());
    events_.pop_front();
    bytes_ -= size_of(oldest);
    return oldest;
}

void event_queue::clear() noexcept {
    dropped_.reset();
    events_.clear();
    bytes_ = 0;
}

} // namespace pgcoro::listening
