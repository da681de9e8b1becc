// SPDX-License-Identifier: BSL-1.0
// What a pool counts, and what a health endpoint wants to know of it.
#pragma once

#include <pgcoro/error.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pgcoro {

/// How often something took how long, in steps of powers of two from a microsecond to half an hour.
class duration_histogram {
public:
    static constexpr std::size_t bucket_count = 32;

    void add(std::chrono::microseconds duration) noexcept;

    std::uint64_t count() const noexcept { return count_; }
    std::chrono::microseconds sum() const noexcept { return sum_; }
    /// How many took less than `limit(i)`, and at least `limit(i - 1)`.
    std::uint64_t bucket(std::size_t i) const noexcept { return buckets_[i]; }
    /// 2^i microseconds; there is none for the last bucket.
    static constexpr std::chrono::microseconds limit(std::size_t i) noexcept {
        return i + 1 < bucket_count ? std::chrono::microseconds(std::int64_t{1} << i) : std::chrono::microseconds::max();
    }
    /// So long took no more than this share of them, from 0 to 1, rounded up to a power of two. 0 if there were none.
    std::chrono::microseconds quantile(double share) const noexcept;

private:
    std::array<std::uint64_t, bucket_count> buckets_{};
    std::uint64_t count_ = 0;
    std::chrono::microseconds sum_{0};
};

/// The counters of a pool, under the names psycopg_pool gives them. The first group says how things are; the others count since
/// the pool was made, or since `pool::pop_statistics()`.
struct pool_statistics {
    pool_statistics() {}

    std::size_t pool_min = 0;
    std::size_t pool_max = 0;
    /// Connections there are, and those of them nobody uses.
    std::size_t pool_size = 0;
    std::size_t pool_available = 0;
    std::size_t requests_waiting = 0;

    /// Connections asked for: by `acquire()`, and one for each statement on the pool.
    std::uint64_t requests_num = 0;
    /// Those that had to wait, how long all of them waited, and those that got none.
    std::uint64_t requests_queued = 0;
    std::uint64_t requests_wait_ms = 0;
    std::uint64_t requests_errors = 0;
    /// How long connections were lent, all together.
    std::uint64_t usage_ms = 0;
    /// Connections that came back in a transaction, or could not be made ready for the next.
    std::uint64_t returns_bad = 0;

    /// Attempts to connect, what all of them took, and those that failed.
    std::uint64_t connections_num = 0;
    std::uint64_t connections_ms = 0;
    std::uint64_t connections_errors = 0;
    /// Connections that were found closed, or did not answer.
    std::uint64_t connections_lost = 0;

    /// Of those that had to wait and got one.
    duration_histogram wait;
    /// Of the attempts that succeeded, set-up included.
    duration_histogram connect;
};

/// How a pool is, at one moment.
struct pool_health {
    pool_health() {}

    /// It has a connection, and one that was idle has just been asked; or it has no reason to think that it could not get one.
    bool is_serving = false;
    /// `close()` was called.
    bool is_closed = false;
    std::size_t size = 0;
    std::size_t idle = 0;
    std::size_t in_use = 0;
    std::size_t waiting = 0;
    /// Attempts to connect that failed since the last one that did not.
    int failures = 0;
    /// Why the last attempt failed that did, however long ago. No error: none did.
    error last_connect_error;
    /// How long who waits longest has been waiting. Zero: nobody waits.
    std::chrono::milliseconds longest_wait{0};
};

} // namespace pgcoro
