// SPDX-License-Identifier: BSL-1.0
// How `transact` begins a transaction, and when it tries again.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/transaction_options.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace pgcoro {

/// How `transact` begins its transactions, and how often and how fast it tries again.
struct transact_options {
    transact_options() { backoff.initial = std::chrono::milliseconds(5), backoff.maximum = std::chrono::milliseconds(1000); }

    transaction_options transaction;
    /// How often the body is run at most.
    int max_attempts = 10;
    /// For everything together, delays included. A statement that it catches in flight fails with `errc::timed_out`; what the
    /// body awaits besides statements is not interrupted.
    std::optional<std::chrono::steady_clock::duration> within;
    /// The delays between attempts; `attempts` of it is not used.
    backoff_options backoff;
    /// Told before each delay: why, how many attempts there were, and how long it will be.
    std::function<void(const error& why, int attempts, std::chrono::milliseconds delay)> on_retry;
};

} // namespace pgcoro
