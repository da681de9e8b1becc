// SPDX-License-Identifier: BSL-1.0
// What a listener gives: notifications, and the places where some may be missing.
#pragma once

#include <pgcoro/error.hpp>
#include <pgcoro/notification.hpp>

#include <cstdint>
#include <string>
#include <variant>

namespace pgcoro {

/// Why notifications may be missing.
enum class gap_cause : unsigned char {
    /// The session begins to listen to the channel: what was sent before was not received.
    listening,
    /// The queue was full: the oldest notifications were dropped.
    overflow,
    /// The session was lost and replaced: what was sent in between was not received.
    reconnected,
};

/// Notifications may be missing between the event before this one and the event after it. Read the current state that the
/// notifications refer to: there will be a notification of every change that commits later.
struct gap {
    gap_cause cause = gap_cause::listening;
    /// The affected channel; empty: all of them.
    std::string channel;
    /// The number of notifications that were received and dropped. Those that were not received cannot be counted.
    std::uint64_t dropped = 0;
    /// Why the last session was lost, for `reconnected`.
    error reason;
};

/// What `listener::next` gives.
using listener_event = std::variant<notification, gap>;

} // namespace pgcoro
