// SPDX-License-Identifier: BSL-1.0
// How fast a counter has grown over the last seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace data_sync {

class rate_meter {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Takes what the counter is now, and gives its growth per second over the last ten seconds.
    double add(std::int64_t count, time_point now) {
        if (!samples_.empty() && count < samples_.back().count) {
            samples_.clear(); // another copy was begun
        }
        samples_.push_back({count, now});
        while (samples_.size() > 2 && now - samples_[1].time >= window) {
            samples_.pop_front();
        }
        const std::chrono::duration<double> time = now - samples_.front().time;
        return time.count() > 0 ? static_cast<double>(count - samples_.front().count) / time.count() : 0;
    }

private:
    struct sample {
        std::int64_t count;
        time_point time;
    };
    static constexpr std::chrono::seconds window{10};

    std::deque<sample> samples_;
};

} // namespace data_sync
