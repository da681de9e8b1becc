// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/backoff.hpp>

#include <pgcoro/detail/saturating.hpp>

#include <algorithm>

namespace pgcoro {

backoff::backoff(backoff_options options) noexcept : options_(options) {
    options_.factor = std::max(options_.factor, 1.0);
    options_.jitter = std::clamp(options_.jitter, 0.0, 1.0);
    options_.maximum = std::max(options_.maximum, std::chrono::milliseconds(0));
    options_.initial = std::clamp(options_.initial, std::chrono::milliseconds(0), options_.maximum);
}

std::optional<std::chrono::milliseconds> backoff::delay_before(int attempt, double random) const noexcept {
    if (attempt < 1 || attempt > options_.attempts) {
        return std::nullopt;
    }
    using milliseconds = std::chrono::duration<double, std::milli>;
    const milliseconds maximum = options_.maximum;
    milliseconds delay = options_.initial;
    milliseconds spent = delay;
    const milliseconds budget = options_.budget ? milliseconds(*options_.budget) : milliseconds::max();
    // With neither a longer delay nor a budget to count, further turns change nothing.
    for (int n = 1; n < attempt && (delay < maximum || options_.budget) && spent <= budget; ++n) {
        delay = std::min(delay * options_.factor, maximum);
        spent += delay;
    }
    if (spent > budget) {
        return std::nullopt;
    }
    return detail::saturated<std::chrono::milliseconds>(delay * (1.0 - options_.jitter * random));
}

} // namespace pgcoro
