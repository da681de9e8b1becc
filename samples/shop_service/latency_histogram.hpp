// SPDX-License-Identifier: BSL-1.0
// Durations counted in buckets, each about 9 % wider than the one before: quantiles for a page that refreshes.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace shop {

class latency_histogram {
public:
    void add(std::chrono::nanoseconds duration) noexcept {
        const double microseconds = std::max(1.0, static_cast<double>(duration.count()) / 1000);
        const auto bucket = static_cast<std::size_t>(std::log2(microseconds) * steps);
        ++buckets_[std::min(bucket, buckets_.size() - 1)];
        ++count_;
    }
    void add(const latency_histogram& other) noexcept {
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            buckets_[i] += other.buckets_[i];
        }
        count_ += other.count_;
    }

    std::uint64_t count() const noexcept { return count_; }
    /// In milliseconds, the duration that the fraction `share` (0 to 1) of the samples did not exceed; 0 if there is none.
    double quantile(double share) const noexcept {
        const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += buckets_[i];
            if (seen >= wanted && seen > 0) {
                return std::exp2(static_cast<double>(i + 1) / steps) / 1000;
            }
        }
        return 0;
    }

private:
    static constexpr int steps = 8;                   // in each power of two
    std::array<std::uint32_t, 27 * steps> buckets_{}; // from a microsecond to two minutes
    std::uint64_t count_ = 0;
};

} // namespace shop
