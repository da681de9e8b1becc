// SPDX-License-Identifier: BSL-1.0
// The settings of a listener.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/error.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>

namespace pgcoro {

/// The defaults suit most programs.
struct listener_options {
    listener_options() noexcept { backoff.attempts = std::numeric_limits<int>::max(); }

    /// The maximum number of events that wait for `next`, and their maximum size. If there are more, the oldest are dropped,
    /// and `next` gives a `gap` first. At least one event is kept.
    std::size_t max_queued = 65536;
    std::size_t max_queued_bytes = 16 * 1024 * 1024;
    /// If nothing was received for this long, the listener asks the server for a sign of life: otherwise a network that
    /// silently drops packets would look like a server with no news. A server that does not answer within `answer_timeout` is
    /// lost, so a dead one is noticed after at most twice `ping_interval` plus `answer_timeout`. 0: never.
    std::chrono::milliseconds ping_interval{30'000};
    /// The limit of each response of the server, and of the self-test. 0: none.
    std::chrono::milliseconds answer_timeout{10'000};
    /// The delays between attempts to connect. Default: from 100 ms to 5 s, forever.
    backoff_options backoff;

    // Callbacks. They run on the listener's executor, outside all of its functions, and may use the listener.

    /// An attempt to connect, or to listen, failed.
    std::function<void(const error& why)> on_connect_failed;
    /// The session was lost. Another one is being connected; a `gap` will tell when it listens.
    std::function<void(const error& why)> on_lost;
};

} // namespace pgcoro
