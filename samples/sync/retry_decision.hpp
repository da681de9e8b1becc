// SPDX-License-Identifier: BSL-1.0
// What a target does after a failure.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/error.hpp>

#include <chrono>
#include <cstdint>

namespace data_sync {

enum class next_step {
    try_again,  ///< it may pass: after a delay
    be_careful, ///< at once, one transaction of the source at a time, to find the one that fails
    stop,       ///< somebody has to do something
};

/// Whether the same may succeed later without anybody's help: the server is away, busy or out of resources.
bool may_pass(const pgcoro::error& why) noexcept;

/// Decides what follows each failure of one target. Reads no clock.
class retry_decision {
public:
    explicit retry_decision(pgcoro::backoff_options delays) : backoff_(delays) {}

    /// `is_of_change`: a change could not be applied; otherwise it was the connection, or the preparation.
    next_step on_failure(const pgcoro::error& why, bool is_of_change);
    /// Something was committed.
    void on_progress() noexcept { failures_ = 0; }
    /// So many transactions were applied one at a time.
    void on_careful_progress(std::int64_t transactions) noexcept;

    bool is_careful() const noexcept { return is_careful_; }
    int failures() const noexcept { return failures_; }
    /// Before the next attempt. `random` is uniform in [0, 1).
    std::chrono::milliseconds delay(double random) const;

private:
    pgcoro::backoff backoff_;
    int failures_ = 0; // one after the other
    bool is_careful_ = false;
    std::int64_t careful_left_ = 0; // transactions, until it may be one that was not among those that failed together
};

} // namespace data_sync
