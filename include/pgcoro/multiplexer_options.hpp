// SPDX-License-Identifier: BSL-1.0
// The options, callbacks and counters of a multiplexer.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace pgcoro {

class observer;

/// The settings of a multiplexer. The defaults suit most programs.
struct multiplexer_options {
    multiplexer_options() noexcept { backoff.attempts = std::numeric_limits<int>::max(); }

    /// The number of connections to the server, all with one `connect_config`. The server runs one process for each: more lanes
    /// than it has spare cores make nothing faster. 0 counts as 1.
    std::size_t lanes = 4;
    /// The maximum number of statements in flight on one lane. Further statements wait here for the first lane that is free. 0
    /// counts as 1.
    std::size_t max_in_flight = 256;
    /// The maximum number of statements that wait because no lane is up or all are full, and the maximum size of their values
    /// and run-time text. A statement beyond either limit fails with `errc::overloaded`, and nothing of it is sent.
    std::size_t max_waiting = 65536;
    std::size_t max_waiting_bytes = 64 * 1024 * 1024;
    /// The delays between attempts to connect a lane. Default: from 100 ms to 5 s, forever.
    backoff_options backoff;
    /// The deadline of each statement, and of `open`, that has none of its own, counted from its start. Default: none, so that
    /// statements wait while no lane is up.
    std::optional<std::chrono::steady_clock::duration> deadline;

    /// Told what the multiplexer and its connections do, after those of its `connect_config` (<pgcoro/observer.hpp>). At most
    /// 8 in all: with more, no connection can be made (`errc::invalid_configuration`).
    std::vector<std::shared_ptr<observer>> observers;

    // Callbacks. They run on the multiplexer's executor, outside all of its functions, and may use the multiplexer. Lanes are
    // numbered from 0.

    /// A lane is up, for the first time or again.
    std::function<void(std::size_t lane)> on_connect;
    /// An attempt to connect a lane failed.
    std::function<void(std::size_t lane, const error& why)> on_connect_failed;
    /// A lane was lost. Statements in flight on it have failed. The others have moved to other lanes, or wait.
    std::function<void(std::size_t lane, const error& why)> on_lane_lost;
    /// A lane was closed because a statement left a transaction open on it. Statements in flight behind that one have failed
    /// and did not take effect.
    std::function<void(std::size_t lane, const error& why)> on_lane_reset;
};

/// The current state of a multiplexer, and counters since its creation.
struct multiplexer_stats {
    std::size_t lanes = 0;
    std::size_t lanes_up = 0;
    /// Statements given to a lane and not yet answered.
    std::size_t in_flight = 0;
    /// Statements waiting for a lane, and their size as limited by `max_waiting_bytes`.
    std::size_t waiting = 0;
    std::size_t waiting_bytes = 0;

    /// Successful attempts to connect; those of lanes that had been up before; failed attempts.
    std::uint64_t connects = 0;
    std::uint64_t reconnects = 0;
    std::uint64_t failed_connects = 0;
    /// Lanes that were lost; lanes closed because of an open transaction.
    std::uint64_t losses = 0;
    std::uint64_t resets = 0;
    /// Statements given to another lane because theirs was lost before they were sent.
    std::uint64_t resubmitted = 0;
    /// Statements that failed before they were sent: with `errc::not_multiplexable`; with `errc::overloaded`.
    std::uint64_t refused = 0;
    std::uint64_t overloaded = 0;
    /// Statements whose deadline passed while they waited for a lane.
    std::uint64_t expired = 0;
    /// The error of the last failed attempt to connect, if any.
    error last_connect_error;
};

} // namespace pgcoro
