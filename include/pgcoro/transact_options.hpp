// SPDX-License-Identifier: BSL-1.0
// The options of `transact`: how it begins a transaction, and when it tries again.
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
    /// The maximum number of times that the body runs.
    int max_attempts = 10;
    /// The limit of everything together, delays included. A statement in flight at that time fails with `errc::timed_out`;
    /// anything else that the body awaits is not interrupted.
    std::optional<std::chrono::steady_clock::duration> within;
    /// The delays between attempts; its `attempts` is ignored.
    backoff_options backoff;
    /// Called before each delay with the reason, the number of attempts so far, and the length of the delay.
    std::function<void(const error& why, int attempts, std::chrono::milliseconds delay)> on_retry;
};

} // namespace pgcoro
