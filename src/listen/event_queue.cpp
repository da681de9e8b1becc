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

void event_queue::push(notification&& n) {
    bytes_ += size_of(n);
    events_.emplace_back(std::move(n));
    if (size() > most_ || bytes_ > most_bytes_) {
        shrink();
    }
}

void event_queue::push(gap g) {
    if (auto* const last = size() == 0 ? nullptr : std::get_if<gap>(&events_.back())) {
        *last = merge(std::move(*last), std::move(g));
    } else if (dropped_ && size() == 0) {
        dropped_ = merge(std::move(*dropped_), std::move(g));
    } else {
        bytes_ += sizeof(listener_event);
        events_.emplace_back(std::move(g));
        shrink();
    }
}

void event_queue::shrink() {
    while (size() > 1 && (size() > most_ || bytes_ > most_bytes_)) {
        bytes_ -= size_of(front());
        listener_event oldest = std::move(front()); // with its memory
        pop_front();
        auto* const g = std::get_if<gap>(&oldest);
        gap lost = g ? std::move(*g) : gap{gap_cause::overflow, {}, 1, {}};
        dropped_ = dropped_ ? merge(std::move(*dropped_), std::move(lost)) : std::move(lost);
    }
    if (auto* const first = dropped_ ? std::get_if<gap>(&front()) : nullptr) {
        // What is dropped and what was missed are next to each other now.
        dropped_ = merge(std::move(*dropped_), std::move(*first));
        bytes_ -= sizeof(listener_event);
        pop_front();
    }
}

void event_queue::pop_front() noexcept {
    if (++taken_ == events_.size()) {
        events_.clear();
        taken_ = 0;
    } else if (taken_ >= 1024 && taken_ >= size()) {
        events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(taken_));
        taken_ = 0;
    }
}

std::optional<listener_event> event_queue::take() {
    std::optional<listener_event> oldest;
    if (dropped_) [[unlikely]] {
        oldest = *std::exchange(dropped_, std::nullopt);
    } else if (size() != 0) {
        bytes_ -= size_of(front());
        oldest.emplace(std::move(front()));
        pop_front();
    }
    return oldest;
}

void event_queue::clear() noexcept {
    dropped_.reset();
    events_.clear();
    taken_ = bytes_ = 0;
}

} // namespace pgcoro::listening
