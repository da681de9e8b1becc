// SPDX-License-Identifier: BSL-1.0
// Which statements a query log writes about, and what it calls them.
#pragma once

#include <pgcoro/query_log_options.hpp>

#include <chrono>

namespace pgcoro::observers {

/// A failure counts more than being slow.
inline query_log_outcome outcome_of(bool has_failed, std::chrono::nanoseconds total,
                                    const query_log_options& options) noexcept {
    if (has_failed) {
        return query_log_outcome::failed;
    }
    const bool is_slow = options.slow_after > std::chrono::nanoseconds::zero() && total >= options.slow_after;
    return is_slow ? query_log_outcome::slow : query_log_outcome::ok;
}

/// Logged whatever the sample rate is.
inline bool is_always_logged(query_log_outcome outcome, const query_log_options& options) noexcept {
    return (outcome == query_log_outcome::failed && options.always_failed) ||
           (outcome == query_log_outcome::slow && options.always_slow);
}

/// Asks for a number from 0 to less than 1 only if chance has to decide.
template <class Random>
bool is_logged(query_log_outcome outcome, const query_log_options& options, Random random) {
    if (options.sample_rate >= 1.0 || is_always_logged(outcome, options)) {
        return true;
    }
    return options.sample_rate > 0.0 && random() < options.sample_rate;
}

} // namespace pgcoro::observers
