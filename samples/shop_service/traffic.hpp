// SPDX-License-Identifier: BSL-1.0
// What has been answered in the last minute, second by second.
#pragma once

#include "latency_histogram.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace shop {

/// A sum over the threads, for one moment.
struct traffic_report {
    std::uint64_t requests = 0; ///< since the start
    std::uint64_t failures = 0; ///< of these, answered with 5xx
    double per_second = 0;      ///< over the last five whole seconds
    double p50_milliseconds = 0;
    double p99_milliseconds = 0;        ///< both over the last ten seconds
    std::vector<std::uint32_t> history; ///< requests of each whole second of the last minute, the oldest first
};

/// Counts the requests of one thread. Reads no clock: `second` counts whole seconds from any fixed point.
class traffic {
public:
    static constexpr std::int64_t minute = 60;
    static constexpr std::int64_t quantile_seconds = 10;
    static constexpr std::int64_t rate_seconds = 5;

    void add(std::int64_t second, std::chrono::nanoseconds duration, bool has_failed) noexcept;
    /// The requests of that second; it must be one of the last minute's.
    std::uint32_t requests_in(std::int64_t second) const noexcept;
    /// Adds what was answered in that second, one of the last ten.
    void add_latencies(std::int64_t second, latency_histogram& to) const noexcept;
    std::uint64_t requests() const noexcept { return requests_; }
    std::uint64_t failures() const noexcept { return failures_; }

private:
    struct count {
        std::int64_t second = -1;
        std::uint32_t requests = 0;
    };
    struct latencies {
        std::int64_t second = -1;
        latency_histogram histogram;
    };
    std::array<count, minute + 1> counts_;
    std::array<latencies, quantile_seconds + 1> latencies_;
    std::uint64_t requests_ = 0;
    std::uint64_t failures_ = 0;
};

/// Of several threads, at that second, which is not over yet.
traffic_report report_on(const std::vector<traffic>& threads, std::int64_t now);

} // namespace shop
