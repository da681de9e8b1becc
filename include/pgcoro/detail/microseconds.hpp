// SPDX-License-Identifier: BSL-1.0
// Durations of <chrono> as microseconds, which is what PostgreSQL counts.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <ratio>
#include <utility>

namespace pgcoro::detail {

template <class Duration>
concept countable =
    std::signed_integral<typename Duration::rep> && std::ratio_less_v<typename Duration::period, std::chrono::days::period>;

/// One microsecond is a whole number of these.
template <class Duration>
concept micro_or_finer = std::ratio_divide<std::micro, typename Duration::period>::den == 1;

/// Rounds down. False if there are more microseconds than 64 bits can count.
template <class Duration>
constexpr bool to_microseconds(Duration since_epoch, std::int64_t& out) noexcept {
    using ratio = std::ratio_divide<typename Duration::period, std::micro>;
    const auto count = static_cast<std::int64_t>(since_epoch.count());
    if (__builtin_mul_overflow(count, std::int64_t{ratio::num}, &out)) {
        return false;
    }
    const bool round_down = out % ratio::den < 0;
    out = out / ratio::den - round_down;
    return true;
}

/// False if the microseconds are no whole number of a coarser duration, or more than it can count.
template <class Duration>
constexpr bool from_microseconds(std::int64_t microseconds, Duration& out) noexcept {
    using ratio = std::ratio_divide<std::micro, typename Duration::period>;
    std::int64_t count = 0;
    if (__builtin_mul_overflow(microseconds, std::int64_t{ratio::num}, &count) || count % ratio::den != 0 ||
        !std::in_range<typename Duration::rep>(count / ratio::den)) {
        return false;
    }
    out = Duration(static_cast<typename Duration::rep>(count / ratio::den));
    return true;
}

} // namespace pgcoro::detail
