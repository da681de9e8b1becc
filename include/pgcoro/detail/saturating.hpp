// SPDX-License-Identifier: BSL-1.0
// Durations that mean "forever", such as `milliseconds::max()`, in conversions and sums: they saturate instead of overflowing.
#pragma once

#include <chrono>
#include <type_traits>

namespace pgcoro::detail {

/// `d` in units of `To`, or the longest or shortest `To` if it lies beyond.
template <class To, class Rep, class Period>
constexpr To saturated(std::chrono::duration<Rep, Period> d) noexcept {
    using real = std::chrono::duration<long double, typename To::period>;
    const real wide = d;
    if (wide >= real(To::max())) {
        return To::max();
    }
    return wide <= real(To::min()) ? To::min() : std::chrono::duration_cast<To>(d);
}

/// `now + d`, or the end of time. A negative duration is over at once.
template <class Rep, class Period>
constexpr std::chrono::steady_clock::time_point after(std::chrono::steady_clock::time_point now,
                                                      std::chrono::duration<Rep, Period> d) noexcept {
    using clock = std::chrono::steady_clock;
    const auto limit = saturated<clock::duration>(d);
    if (limit <= clock::duration::zero()) {
        return now;
    }
    return limit < clock::time_point::max() - now ? now + limit : clock::time_point::max();
}

template <class Rep, class Period>
std::chrono::steady_clock::time_point from_now(std::chrono::duration<Rep, Period> d) noexcept {
    return after(std::chrono::steady_clock::now(), d);
}

/// A parameter of type `Duration` that takes longer units without overflow: `hours::max()` becomes the longest `Duration`.
template <class Duration>
class saturating {
public:
    template <class Rep, class Period>
        requires std::is_convertible_v<std::chrono::duration<Rep, Period>, Duration>
    constexpr saturating(std::chrono::duration<Rep, Period> d) noexcept : value_(saturated<Duration>(d)) {}

    constexpr operator Duration() const noexcept { return value_; }

private:
    Duration value_;
};

} // namespace pgcoro::detail
