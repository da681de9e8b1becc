// SPDX-License-Identifier: BSL-1.0
// When items that are gathered are sent, and how many at once. Decides; sends nothing.
#pragma once

#include <pgcoro/detail/saturating.hpp>

#include <chrono>
#include <cstddef>
#include <limits>

namespace pgcoro::detail {

struct batching_limits {
    std::size_t max_items = 1000;
    std::size_t max_bytes = std::numeric_limits<std::size_t>::max();
    std::size_t max_in_flight = 4;
    /// How long items wait for others. Zero: until the turn of the loop ends and no statement is in flight.
    std::chrono::steady_clock::duration max_delay{};
};

/// Items join the open batch. A batch that is full waits for nothing but for its place in flight.
class batching_plan {
public:
    using time_point = std::chrono::steady_clock::time_point;
    enum class wake : unsigned char { never, at_turn, at_time };

    explicit batching_plan(const batching_limits& limits) noexcept : limits_(limits) {}

    /// Whether the next item is the first one of a batch.
    bool is_empty() const noexcept { return open_ == 0; }
    bool has_delay() const noexcept { return limits_.max_delay > limits_.max_delay.zero(); }
    /// An item has joined the open batch, `now` if there is a delay. True if that is full, and the next item begins another
    /// one.
    bool add(std::size_t bytes, time_point now = {}) noexcept {
        if (open_++ == 0) {
            opened_ = now;
        }
        bytes_ += bytes;
        if (open_ < limits_.max_items && bytes_ < limits_.max_bytes) {
            return false;
        }
        ++full_;
        close_batch();
        return true;
    }
    /// What waits now does not wait for its delay.
    void hurry() noexcept { hurries_ = open_ != 0; }

    /// When to begin a turn: something may be sent then.
    wake next() const noexcept {
        if (in_flight_ >= limits_.max_in_flight || (full_ == 0 && open_ == 0)) {
            return wake::never; // a response comes, or an item
        }
        if (full_ != 0 || hurries_) {
            return wake::at_turn;
        }
        if (has_delay()) {
            return wake::at_time;
        }
        return in_flight_ == 0 ? wake::at_turn : wake::never;
    }
    /// For `at_time`.
    time_point due() const noexcept { return after(opened_, limits_.max_delay); }

    /// A turn begins, at `now` if there is a delay.
    void begin_turn(time_point now = {}) noexcept { sends_open_ = hurries_ || (has_delay() ? now >= due() : in_flight_ == 0); }
    /// Whether the oldest batch is sent in this turn, which counts it as in flight.
    bool take() noexcept {
        if (in_flight_ >= limits_.max_in_flight) {
            return false;
        }
        if (full_ != 0) {
            --full_;
        } else if (open_ != 0 && sends_open_) {
            close_batch();
        } else {
            return false;
        }
        ++in_flight_;
        return true;
    }

    /// A part of a batch that failed waits, before all others.
    void put_back() noexcept { ++full_; }
    void on_answered() noexcept { --in_flight_; }
    std::size_t in_flight() const noexcept { return in_flight_; }
    /// Nothing waits, and nothing is in flight.
    bool is_idle() const noexcept { return in_flight_ == 0 && full_ == 0 && open_ == 0; }
    /// Nothing waits any more.
    void forget_waiting() noexcept {
        full_ = 0;
        close_batch();
    }

private:
    void close_batch() noexcept {
        open_ = 0;
        bytes_ = 0;
        hurries_ = false;
    }

    batching_limits limits_;
    std::size_t open_ = 0; // items
    std::size_t bytes_ = 0;
    std::size_t full_ = 0; // batches
    std::size_t in_flight_ = 0;
    bool sends_open_ = false;
    bool hurries_ = false;
    time_point opened_{};
};

} // namespace pgcoro::detail
