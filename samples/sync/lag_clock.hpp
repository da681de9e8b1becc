// SPDX-License-Identifier: BSL-1.0
// How long ago the source was where a target is now.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace data_sync {

/// Remembers where the source's log ended, and when. It needs no clock that the servers share, and no transaction to look at.
class lag_clock {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// The end of the source's log at that time. Positions and times do not decrease.
    void add(std::uint64_t position, time_point now);

    /// How old the target is: 0 if it has all that is known of. At most since the first `add`.
    std::chrono::milliseconds behind(std::uint64_t position, time_point now) const;

    std::size_t samples() const noexcept { return samples_.size(); }

private:
    struct sample {
        std::uint64_t position;
        time_point first; // that it was there
        time_point last;
    };
    /// Every other sample goes when there are too many: the answer gets coarser, and memory stays bounded.
    static constexpr std::size_t most = 4096;
    void thin_out();

    std::deque<sample> samples_;
};

} // namespace data_sync
