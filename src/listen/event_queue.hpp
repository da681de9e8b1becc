// SPDX-License-Identifier: BSL-1.0
// The events that wait for `next`: bounded, the oldest dropped, and that said by a gap.
#pragma once

#include <pgcoro/listener_events.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace pgcoro::listening {

/// Two gaps with nothing in between, as one that covers both.
gap merge(gap first, gap second);

class event_queue {
public:
    event_queue(std::size_t most, std::size_t most_bytes) noexcept : most_(most), most_bytes_(most_bytes) {}

    bool empty() const noexcept { return size() == 0 && !dropped_; }
    void push(notification&& n);
    void push(gap g);
    /// The oldest event, if there is one.
    std::optional<listener_event> take();
    void clear() noexcept;

private:
    std::size_t size() const noexcept { return events_.size() - taken_; }
    listener_event& front() noexcept { return events_[taken_]; }
    void pop_front() noexcept;
    void shrink();

    std::optional<gap> dropped_; // in front of all others
    // A deque would take memory from the heap for every fifth of them.
    std::vector<listener_event> events_;
    std::size_t taken_ = 0; // so many in front are gone
    std::size_t bytes_ = 0;
    std::size_t most_;
    std::size_t most_bytes_;
};

} // namespace pgcoro::listening
