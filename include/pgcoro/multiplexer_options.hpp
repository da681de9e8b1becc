// SPDX-License-Identifier: BSL-1.0
// How a multiplexer works, what it tells, and what it has counted.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

namespace pgcoro {

/// How many connections a multiplexer has, how much they take, and whom it tells. The defaults suit most.
struct multiplexer_options {
    multiplexer_options() noexcept { backoff.attempts = std::numeric_limits<int>::max(); }

    /// Connections to the server, all of one `connect_config`. The server has one process for each: more lanes than it has
    /// cores to spare make nothing faster. 0 counts as 1.
    std::size_t lanes = 4;
    /// Statements that are in flight on one lane at most. Those beyond wait here, for whichever lane is free first. 0 counts
    /// as 1.
    std::size_t max_in_flight = 256;
    /// Statements that wait at most, because no lane is up or all are full, and the bytes of their values and their run-time
    /// text together. One too many fails with `errc::overloaded`, and nothing is sent of it.
    std::size_t max_waiting = 65536;
    std::size_t max_waiting_bytes = 64 * 1024 * 1024;
    /// The delays between attempts to connect a lane. Default: from 100 ms to 5 s, for ever.
    backoff_options backoff;
    /// For each statement, and `open`, that has no deadline of its own, from when it starts. Default: none, so that a statement
    /// waits as long as no lane is up.
    std::optional<std::chrono::steady_clock::duration> deadline;

    // What is told as it happens, on the multiplexer's executor and outside of everything: these may use the multiplexer. Lanes
    // are numbered from 0.

    /// A lane is up, for the first time or again.
    std::function<void(std::size_t lane)> on_connect;
    /// An attempt to connect a lane failed.
    std::function<void(std::size_t lane, const error& why)> on_connect_failed;
    /// A lane was lost. What was in flight on it has failed, and the rest has gone to other lanes, or waits.
    std::function<void(std::size_t lane, const error& why)> on_lane_lost;
    /// A lane was closed because a statement had left a transaction open in it. What was in flight behind that has failed, and
    /// did not take effect.
    std::function<void(std::size_t lane, const error& why)> on_lane_reset;
};

/// What a multiplexer does now, and has done since it was made.
struct multiplexer_stats {
    std::size_t lanes = 0;
    std::size_t lanes_up = 0;
    /// Given to a lane, and not answered yet.
    std::size_t in_flight = 0;
    /// Waiting for a lane, and the bytes of them that `max_waiting_bytes` limits.
    std::size_t waiting = 0;
    std::size_t waiting_bytes = 0;

    /// Lanes that came up; how many of them had been up before; attempts that failed.
    std::uint64_t connects = 0;
    std::uint64_t reconnects = 0;
    std::uint64_t failed_connects = 0;
    /// Lanes that were lost, and that were closed for a transaction.
    std::uint64_t losses = 0;
    std::uint64_t resets = 0;
    /// Statements whose lane was lost before they were sent, and that were given to another lane.
    std::uint64_t resubmitted = 0;
    /// Statements that failed with `errc::not_multiplexable` before they were sent, and with `errc::overloaded`.
    std::uint64_t refused = 0;
    std::uint64_t overloaded = 0;
    /// Statements whose deadline passed while they waited for a lane.
    std::uint64_t expired = 0;
    /// Why the last attempt to connect failed, if one did.
    error last_connect_error;
};

} // namespace pgcoro
