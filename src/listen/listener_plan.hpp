// SPDX-License-Identifier: BSL-1.0
// What a listener decides: what becomes of a notification, and when to connect again.
#pragma once

#include "listen/channel_list.hpp"
#include "listen/event_queue.hpp"

#include <pgcoro/backoff.hpp>
#include <pgcoro/listener_options.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace pgcoro::listening {

/// Decides; connects, sends and waits for nothing itself.
class listener_plan {
public:
    /// `random` is uniform in [0, 1).
    listener_plan(const listener_options& options, std::function<double()> random);

    channel_list& channels() noexcept { return channels_; }
    const channel_list& channels() const noexcept { return channels_; }
    event_queue& events() noexcept { return events_; }
    const event_queue& events() const noexcept { return events_; }

    void on_notification(notification&& n);
    /// The server has confirmed the group of commands in flight.
    void on_confirmed();

    /// The session is lost, or could not be made, or could not listen. When to try again; nothing if that is pointless or no
    /// attempts are left.
    std::optional<std::chrono::milliseconds> on_lost(const error& why);

private:
    void tell_gaps();

    channel_list channels_;
    event_queue events_;
    backoff backoff_;
    std::function<double()> random_;
    int attempts_ = 0; // since a session was of use
};

} // namespace pgcoro::listening
