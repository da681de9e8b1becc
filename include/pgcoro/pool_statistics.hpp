// SPDX-License-Identifier: BSL-1.0
// The counters of a pool, and its health.
#pragma once

#include <pgcoro/error.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pgcoro {

/// A histogram of durations, in powers of two from a microsecond to half an hour.
class duration_histogram {
public:
    static constexpr std::size_t bucket_count = 32;

    void add(std::chrono::microseconds duration) noexcept;

    std::uint64_t count() const noexcept { return count_; }
    std::chrono::microseconds sum() const noexcept { return sum_; }
    /// The number of durations less than `limit(i)` and not less than `limit(i - 1)`.
    std::uint64_t bucket(std::size_t i) const noexcept { return buckets_[i]; }
    /// 2^i microseconds; the last bucket has no limit.
    static constexpr std::chrono::microseconds limit(std::size_t i) noexcept {
        return i + 1 < bucket_count ? std::chrono::microseconds(std::int64_t{1} << i) : std::chrono::microseconds::max();
    }
    /// The duration that the fraction `share` (0 to 1) of the samples did not exceed, rounded up to a power of two; 0 if none.
    std::chrono::microseconds quantile(double share) const noexcept;

private:
    std::array<std::uint64_t, bucket_count> buckets_{};
    std::uint64_t count_ = 0;
    std::chrono::microseconds sum_{0};
};

/// The counters of a pool, under psycopg_pool's names. The first group is the current state; the others count since the pool
/// was made, or since `pool::pop_statistics()`.
struct pool_statistics {
    pool_statistics() {}

    std::size_t pool_min = 0;
    std::size_t pool_max = 0;
    /// The number of connections, and of those that are idle.
    std::size_t pool_size = 0;
    std::size_t pool_available = 0;
    std::size_t requests_waiting = 0;

    /// Requests for a connection: one for each `acquire()`, and one for each statement on the pool.
    std::uint64_t requests_num = 0;
    /// Requests that had to wait; how long all of them waited; requests that got no connection.
    std::uint64_t requests_queued = 0;
    std::uint64_t requests_wait_ms = 0;
    std::uint64_t requests_errors = 0;
    /// How long connections were lent, in total.
    std::uint64_t usage_ms = 0;
    /// Connections that came back in a transaction, or could not be made ready for the next use.
    std::uint64_t returns_bad = 0;

    /// Attempts to connect; how long all of them took; failed attempts.
    std::uint64_t connections_num = 0;
    std::uint64_t connections_ms = 0;
    std::uint64_t connections_errors = 0;
    /// Connections that were found closed or did not respond.
    std::uint64_t connections_lost = 0;

    /// The waits of requests that had to wait and got a connection.
    duration_histogram wait;
    /// The successful attempts to connect, including set-up.
    duration_histogram connect;
};

/// The state of a pool at one moment.
struct pool_health {
    pool_health() {}

    /// The pool has a connection, and an idle one has just been checked; or it has no reason to doubt that it could get one.
    bool is_serving = false;
    /// `close()` was called.
    bool is_closed = false;
    std::size_t size = 0;
    std::size_t idle = 0;
    std::size_t in_use = 0;
    std::size_t waiting = 0;
    /// The number of consecutive failed attempts to connect.
    int failures = 0;
    /// The error of the last failed attempt to connect, however long ago. No error if none failed.
    error last_connect_error;
    /// How long the operation that waits longest has been waiting. Zero: none waits.
    std::chrono::milliseconds longest_wait{0};
};

} // namespace pgcoro
