// SPDX-License-Identifier: BSL-1.0
// How long to wait between attempts: to connect, or to run a transaction again.
#pragma once

#include <chrono>
#include <optional>

namespace pgcoro {

/// How a `backoff` grows and where it ends.
struct backoff_options {
    backoff_options() noexcept = default;

    /// The first delay, before jitter.
    std::chrono::milliseconds initial{100};
    /// Each delay is this many times the one before. Below 1 counts as 1.
    double factor = 2.0;
    /// No delay is longer.
    std::chrono::milliseconds maximum{5000};
    /// The share of a delay that chance may take away, from 0 (none) to 1 ("full jitter"): clients that lost the same server
    /// must not come back in step.
    double jitter = 1.0;
    /// How many attempts may follow the first one.
    int attempts = 10;
    /// What all delays together may take, before jitter. Nothing: no such limit.
    std::optional<std::chrono::milliseconds> budget;
};

/// Delays between attempts: exponential, capped, with jitter.
///
/// A value: it holds no timer and reads no clock. Who uses it asks how long to wait, and waits itself.
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
