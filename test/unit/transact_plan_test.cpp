// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/transact_plan.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::sqlstate;
using pgcoro::transact_options;
using pgcoro::detail::transact_plan;
using clock = transact_plan::clock;

transact_options three_attempts() {
    transact_options options;
    options.max_attempts = 3;
    options.backoff.initial = 100ms;
    options.backoff.factor = 2;
    options.backoff.maximum = 1000ms;
    options.backoff.jitter = 0.5;
    return options;
}

double none() { return 0; }
double most() { return 1; }

TEST(transact_plan, retries_what_the_server_could_not_order_with_growing_delays) {
    transact_plan plan(three_attempts(), clock::time_point(), none);
    EXPECT_EQ(plan.delay_after(sqlstate::serialization_failure, clock::time_point()), 100ms);
    EXPECT_EQ(plan.delay_after(sqlstate::deadlock_detected, clock::time_point()), 200ms);
    EXPECT_EQ(plan.delay_after(sqlstate::deadlock_detected, clock::time_point()), std::nullopt);
}

TEST(transact_plan, takes_jitter_off_the_delays) {
    transact_plan plan(three_attempts(), clock::time_point(), most);
    EXPECT_EQ(plan.delay_after(sqlstate::serialization_failure, clock::time_point()), 50ms);
}

TEST(transact_plan, retries_nothing_else) {
    for (const error& why : {error(sqlstate::unique_violation), error(errc::transaction_rolled_back), error(errc::timed_out),
                             error(errc::connection_lost).with(error::in_doubt), error(sqlstate::admin_shutdown)}) {
        transact_plan plan(three_attempts(), clock::time_point(), none);
        EXPECT_EQ(plan.delay_after(why, clock::time_point()), std::nullopt) << why;
    }
}

TEST(transact_plan, does_not_wait_past_its_deadline) {
    auto options = three_attempts();
    options.within = 250ms;
    transact_plan plan(options, clock::time_point(1s), none);
    EXPECT_EQ(plan.deadline(), clock::time_point(1s + 250ms));
    EXPECT_EQ(plan.delay_after(sqlstate::serialization_failure, clock::time_point(1s)), 100ms);
    EXPECT_EQ(plan.delay_after(sqlstate::serialization_failure, clock::time_point(1s + 100ms)), std::nullopt);
}

TEST(transact_plan, tells_of_each_retry_and_of_nothing_else) {
    std::vector<int> attempts;
    auto options = three_attempts();
    options.on_retry = [&](const error& why, int n, std::chrono::milliseconds delay) {
        EXPECT_EQ(why, sqlstate::serialization_failure);
        EXPECT_GT(delay, 0ms);
        attempts.push_back(n);
    };
    transact_plan plan(options, clock::time_point(), none);
    for (int n = 0; n < 5; ++n) {
        static_cast<void>(plan.delay_after(sqlstate::serialization_failure, clock::time_point()));
    }
    EXPECT_EQ(attempts, (std::vector<int>{1, 2}));
}

TEST(transact_plan, for_ever_is_no_overflow) {
    auto options = three_attempts();
    options.within = clock::duration::max();
    const transact_plan plan(options, clock::time_point(1s), none);
    EXPECT_EQ(plan.deadline(), clock::time_point::max());
}

} // namespace
