// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/backoff.hpp>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using pgcoro::backoff;
using pgcoro::backoff_options;

backoff_options plain() {
    backoff_options options;
    options.initial = 100ms;
    options.factor = 2.0;
    options.maximum = 1000ms;
    options.jitter = 0.0;
    options.attempts = 100;
    return options;
}

TEST(backoff, delays_grow_by_the_factor) {
    const backoff b(plain());
    EXPECT_EQ(b.delay_before(1, 0.5), 100ms);
    EXPECT_EQ(b.delay_before(2, 0.5), 200ms);
    EXPECT_EQ(b.delay_before(4, 0.5), 800ms);
}

TEST(backoff, delay_is_capped_whatever_the_attempt) {
    const backoff b(plain());
    EXPECT_EQ(b.delay_before(5, 0.0), 1000ms);
    EXPECT_EQ(b.delay_before(100, 0.0), 1000ms);
}

TEST(backoff, spent_attempts_end_it) {
    auto options = plain();
    options.attempts = 3;
    const backoff b(options);
    EXPECT_TRUE(b.delay_before(3, 0.0));
    EXPECT_FALSE(b.delay_before(4, 0.0));
    EXPECT_FALSE(b.delay_before(0, 0.0));
}

TEST(backoff, a_spent_budget_ends_the_attempts) {
    auto options = plain();
    options.budget = 700ms; // 100 + 200 + 400
    const backoff b(options);
    EXPECT_EQ(b.delay_before(3, 0.0), 400ms);
    EXPECT_FALSE(b.delay_before(4, 0.0));
    EXPECT_FALSE(b.delay_before(100, 0.0));
}

TEST(backoff, a_budget_below_the_first_delay_allows_no_retry) {
    auto options = plain();
    options.budget = 99ms;
    EXPECT_FALSE(backoff(options).delay_before(1, 0.0));
}

TEST(backoff, full_jitter_takes_any_share_of_the_delay) {
    auto options = plain();
    options.jitter = 1.0;
    const backoff b(options);
    EXPECT_EQ(b.delay_before(1, 0.0), 100ms);
    EXPECT_EQ(b.delay_before(1, 0.75), 25ms);
}

TEST(backoff, half_jitter_leaves_half_of_the_delay) {
    auto options = plain();
    options.jitter = 0.5;
    EXPECT_EQ(backoff(options).delay_before(2, 0.999999), 100ms);
}

TEST(backoff, options_out_of_range_are_brought_into_it) {
    backoff_options options;
    options.initial = 10s;
    options.maximum = 1s;
    options.factor = 0.1;
    options.jitter = -3.0;
    const backoff b(options);
    EXPECT_EQ(b.delay_before(1, 0.5), 1000ms);
    EXPECT_EQ(b.delay_before(2, 0.5), 1000ms);
}

TEST(backoff, delays_that_stand_for_ever_do_not_overflow) {
    auto options = plain();
    options.initial = options.maximum = std::chrono::milliseconds::max();
    EXPECT_EQ(backoff(options).delay_before(3, 0.0), std::chrono::milliseconds::max());
    options.budget = std::chrono::milliseconds::max();
    EXPECT_TRUE(backoff(options).delay_before(1, 0.0));
}

} // namespace
