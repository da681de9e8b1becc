// SPDX-License-Identifier: BSL-1.0
#include "lag_clock.hpp"

#include <algorithm>
#include <iterator>

namespace data_sync {

void lag_clock::add(std::uint64_t position, time_point now) {
    if (!samples_.empty() && samples_.back().position == position) {
        samples_.back().last = now;
        return;
    }
    samples_.push_back({position, now, now});
    if (samples_.size() > most) {
        thin_out();
    }
}

std::chrono::milliseconds lag_clock::behind(std::uint64_t position, time_point now) const {
    // The first position that the target does not have yet.
    const auto missing = std::ranges::upper_bound(samples_, position, {}, &sample::position);
    if (missing == samples_.end()) {
        return std::chrono::milliseconds(0);
    }
    auto since = missing->first;
    if (missing != samples_.begin()) {
        // It was passed at some time between two looks.
        const auto& before = *std::prev(missing);
        const double share =
            static_cast<double>(position - before.position) / static_cast<double>(missing->position - before.position);
        const std::chrono::duration<double> between = missing->first - before.last;
        since = before.last + std::chrono::duration_cast<time_point::duration>(share * between);
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - since);
}

void lag_clock::thin_out() {
    std::deque<sample> kept;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
        if (i % 2 == 0 || i + 1 == samples_.size()) {
            kept.push_back(samples_[i]);
        }
    }
    samples_ = std::move(kept);
}

} // namespace data_sync
