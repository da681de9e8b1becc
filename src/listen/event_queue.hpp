// SPDX-License-Identifier: BSL-1.0
// The events that wait for `next`: bounded, the oldest dropped, and that said by a gap.
#pragma once

#include <pgcoro/listener_events.hpp>

#include <cstddef>
#include <deque>
#include <optional>

namespace pgcoro::listening {

/// Two gaps with nothing in between, as one that covers both.
gap merge(gap first, gap second);

class event_queue {
public:
    event_queue(std::size_t most, std::size_t most_bytes) noexcept : most_(most), most_bytes_(most_bytes) {}

    bool empty() const noexcept { return events_.empty() && !dropped_; }
    void push(notification n);
    void push(gap g);
    /// The oldest event. There must be one.
    listener_event take();
    void clear() noexcept;

private:
    void shrink();

    std::optional<gap> dropped_; // in front of all others
    std::deque<listener_event> events_;
    std::size_t bytes_ = 0;
    std::size_t most_;
    std::size_t most_bytes_;
};

} // namespace pgcoro::listening
