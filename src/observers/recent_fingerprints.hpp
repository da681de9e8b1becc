// SPDX-License-Identifier: BSL-1.0
// Which texts were seen a short while ago.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_set>

namespace pgcoro::observers {

/// Remembers a bounded number of fingerprints, each for the same time. It reads no clock; times do not decrease.
class recent_fingerprints {
public:
    using time_point = std::chrono::steady_clock::time_point;

    recent_fingerprints(std::chrono::steady_clock::duration kept_for, std::size_t most) noexcept
        : kept_for_(kept_for), most_(most) {}

    bool contains(std::uint64_t fingerprint, time_point now);
    /// Remembers one that it does not contain. False if it is full: it forgets none before its time.
    bool add(std::uint64_t fingerprint, time_point now);

private:
    void forget_old(time_point now);

    struct entry {
        std::uint64_t fingerprint;
        time_point since;
    };

    std::chrono::steady_clock::duration kept_for_;
    std::size_t most_;
    std::deque<entry> by_age_;
    std::unordered_set<std::uint64_t> known_;
};

} // namespace pgcoro::observers
