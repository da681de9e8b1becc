// SPDX-License-Identifier: BSL-1.0
// What a target does after a failure.
#pragma once

#include "apply_mode.hpp"

#include <pgcoro/backoff.hpp>
#include <pgcoro/error.hpp>

#include <chrono>
#include <cstdint>

namespace data_sync {

enum class next_step {
    try_again,       ///< it may pass: after a delay
    be_more_careful, ///< at once, in the `mode` that is now chosen: it may succeed, or show which change fails
    stop,            ///< somebody has to do something
};

/// Whether the same may succeed later without anybody's help: the server is away, busy or out of resources.
bool may_pass(const pgcoro::error& why) noexcept;

/// Decides what follows each failure of one target. Reads no clock.
class retry_decision {
public:
    /// `batch`: the number of changes that are committed together.
    retry_decision(pgcoro::backoff_options delays, std::int64_t batch) : backoff_(delays), choice_(batch) {}

    /// `is_of_change`: a change could not be applied; otherwise it was the connection, or the preparation.
    next_step on_failure(const pgcoro::error& why, bool is_of_change);
    /// So many changes were committed.
    void on_progress(std::int64_t changes) noexcept;

    /// How changes are to be applied.
    apply_mode mode() const noexcept { return choice_.mode(); }
    int failures() const noexcept { return failures_; }
    /// Before the next attempt. `random` is uniform in [0, 1).
    std::chrono::milliseconds delay(double random) const;

private:
    pgcoro::backoff backoff_;
    mode_choice choice_;
    int failures_ = 0; // one after the other
};

} // namespace data_sync
