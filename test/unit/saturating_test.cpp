// SPDX-License-Identifier: BSL-1.0
// Durations too long to be added to the time, or to be said in a smaller unit.
#include <pgcoro/detail/saturating.hpp>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace std::chrono;
using pgcoro::detail::after;
using pgcoro::detail::saturated;
using pgcoro::detail::saturating;
using time_point = steady_clock::time_point;

TEST(saturating, what_is_too_long_for_a_smaller_unit_is_the_longest_of_it) {
    EXPECT_EQ(saturated<nanoseconds>(hours::max()), nanoseconds::max());
    EXPECT_EQ(saturated<nanoseconds>(milliseconds::max()), nanoseconds::max());
    EXPECT_EQ(saturated<milliseconds>(seconds::max()), milliseconds::max());
    EXPECT_EQ(saturated<milliseconds>(hours::min()), milliseconds::min());
    EXPECT_EQ(saturated<milliseconds>(2h), milliseconds(7'200'000));
    EXPECT_EQ(saturated<milliseconds>(milliseconds::max()), milliseconds::max());
}

TEST(saturating, the_end_of_time_is_as_late_as_it_gets) {
    const time_point now = time_point() + 1000h;
    EXPECT_EQ(after(now, 5s), now + 5s);
    EXPECT_EQ(after(now, hours::max()), time_point::max());
    EXPECT_EQ(after(now, nanoseconds::max()), time_point::max());
    EXPECT_EQ(after(time_point::max() - 1s, 2s), time_point::max());
}

TEST(saturating, what_is_negative_is_over_at_once) {
    const time_point now = time_point() + 1000h;
    EXPECT_EQ(after(now, -5s), now);
    EXPECT_EQ(after(now, milliseconds::min()), now);
}

TEST(saturating, a_parameter_takes_longer_units) {
    const auto given = [](saturating<milliseconds> d) { return milliseconds(d); };
    EXPECT_EQ(given(hours::max()), milliseconds::max());
    EXPECT_EQ(given(3s), 3000ms);
    static_assert(!std::is_convertible_v<microseconds, saturating<milliseconds>>);
}

} // namespace
