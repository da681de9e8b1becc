// SPDX-License-Identifier: BSL-1.0
// Delays between attempts: to connect, or to run a transaction again.
#pragma once

#include <chrono>
#include <optional>

namespace pgcoro {

/// How the delays of a `backoff` grow, and when they end.
struct backoff_options {
    backoff_options() noexcept = default;

    /// The first delay, before jitter.
    std::chrono::milliseconds initial{100};
    /// Each delay is the previous one times this factor. Values below 1 count as 1.
    double factor = 2.0;
    /// No delay exceeds this.
    std::chrono::milliseconds maximum{5000};
    /// The fraction of a delay that jitter may remove, from 0 (none) to 1 ("full jitter"). It keeps clients that lost the same
    /// server from reconnecting in step.
    double jitter = 1.0;
    /// The maximum number of attempts after the first one.
    int attempts = 10;
    /// The maximum sum of all delays, before jitter. Not set: no limit.
    std::optional<std::chrono::milliseconds> budget;
};

/// Delays between attempts: exponential, capped, with jitter.
///
/// A value: it holds no timer and reads no clock. The caller asks how long to wait, and waits itself.
class backoff {
public:
    explicit backoff(backoff_options options = {}) noexcept;

    /// The delay before attempt number `attempt` (the first retry is 1), or nothing when attempts or budget are spent.
    /// `random` is uniform in [0, 1).
    std::optional<std::chrono::milliseconds> delay_before(int attempt, double random) const noexcept;

private:
    backoff_options options_;
};

} // namespace pgcoro
