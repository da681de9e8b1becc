// SPDX-License-Identifier: BSL-1.0
#include "multiplexer/lane_plan.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <vector>

namespace {

using namespace std::chrono_literals;
using pgcoro::backoff_options;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::sqlstate;
using pgcoro::lanes::lane_plan;
using pgcoro::lanes::least_loaded;

struct loaded {
    std::size_t with;
    std::size_t load() const noexcept { return with; }
};

std::vector<std::unique_ptr<loaded>> lanes_with(std::vector<std::size_t> loads) {
    std::vector<std::unique_ptr<loaded>> lanes;
    for (const std::size_t load : loads) {
        lanes.push_back(std::make_unique<loaded>(loaded{load}));
    }
    return lanes;
}

TEST(least_loaded, is_the_lane_with_the_least_to_do) {
    const auto lanes = lanes_with({5, 2, 3});
    EXPECT_EQ(least_loaded(lanes, 100), lanes[1].get());
}

TEST(least_loaded, of_equals_is_the_first) {
    const auto lanes = lanes_with({4, 0, 0});
    EXPECT_EQ(least_loaded(lanes, 100), lanes[1].get());
}

TEST(least_loaded, is_none_if_all_are_full_or_down) {
    const auto lanes = lanes_with({8, 9, std::numeric_limits<std::size_t>::max()});
    EXPECT_EQ(least_loaded(lanes, 8), nullptr);
    EXPECT_EQ(least_loaded(lanes, 9), lanes[0].get());
}

backoff_options three_attempts() {
    backoff_options how;
    how.initial = 100ms;
    how.factor = 2;
    how.maximum = 1000ms;
    how.jitter = 0.5;
    how.attempts = 3;
    return how;
}

double none() { return 0; }
double most() { return 1; }

const error no_server =
    boost::system::error_code(boost::system::errc::make_error_code(boost::system::errc::connection_refused));

/// All lanes are being connected.
void wake_all(lane_plan& plan) {
    while (plan.next_to_wake()) {
    }
}

TEST(lane_plan, wakes_each_lane_once) {
    lane_plan plan(2, three_attempts(), none);
    EXPECT_EQ(plan.next_to_wake(), 0u);
    EXPECT_EQ(plan.next_to_wake(), 1u);
    EXPECT_EQ(plan.next_to_wake(), std::nullopt);
}

TEST(lane_plan, counts_the_lanes_that_are_up) {
    lane_plan plan(2, three_attempts(), none);
    wake_all(plan);
    plan.connected(0);
    plan.connected(1);
    EXPECT_EQ(plan.up(), 2u);
    static_cast<void>(plan.lost(0));
    EXPECT_EQ(plan.up(), 1u);
}

TEST(lane_plan, has_tried_all_when_each_attempt_has_ended) {
    lane_plan plan(2, three_attempts(), none);
    wake_all(plan);
    EXPECT_FALSE(plan.all_tried());
    plan.connected(0);
    EXPECT_FALSE(plan.all_tried());
    static_cast<void>(plan.failed(1, no_server));
    EXPECT_TRUE(plan.all_tried());
    plan.resumed(1);
    EXPECT_FALSE(plan.all_tried());
}

TEST(lane_plan, pauses_longer_after_each_failure) {
    lane_plan plan(1, three_attempts(), none);
    wake_all(plan);
    for (const auto pause : {100ms, 200ms, 400ms}) {
        const auto next = plan.failed(0, no_server);
        EXPECT_EQ(next.pause, pause);
        EXPECT_FALSE(next.is_hopeless);
        plan.resumed(0);
    }
}

TEST(lane_plan, takes_jitter_off_the_pauses) {
    lane_plan plan(1, three_attempts(), most);
    wake_all(plan);
    EXPECT_EQ(plan.failed(0, no_server).pause, 50ms);
}

TEST(lane_plan, rests_when_the_attempts_are_spent_and_begins_anew_when_asked) {
    lane_plan plan(1, three_attempts(), none);
    wake_all(plan);
    for (int n = 0; n < 3; ++n) {
        static_cast<void>(plan.failed(0, no_server));
        plan.resumed(0);
    }
    const auto last = plan.failed(0, no_server);
    EXPECT_EQ(last.pause, std::nullopt);
    EXPECT_TRUE(last.is_hopeless);
    EXPECT_EQ(plan.next_to_wake(), 0u);
    EXPECT_EQ(plan.failed(0, no_server).pause, 100ms);
}

TEST(lane_plan, is_not_hopeless_while_another_lane_may_come_up) {
    auto how = three_attempts();
    how.attempts = 0;
    lane_plan plan(2, how, none);
    wake_all(plan);
    EXPECT_FALSE(plan.failed(0, no_server).is_hopeless);
    EXPECT_TRUE(plan.failed(1, no_server).is_hopeless);
}

TEST(lane_plan, a_permanent_failure_is_hopeless_at_once_and_rests) {
    for (const error& why : {error(sqlstate::invalid_password), error(sqlstate::invalid_catalog_name),
                             error(errc::invalid_configuration), error(errc::certificate_invalid)}) {
        lane_plan plan(1, three_attempts(), none);
        wake_all(plan);
        const auto next = plan.failed(0, why);
        EXPECT_EQ(next.pause, std::nullopt) << why;
        EXPECT_TRUE(next.is_hopeless) << why;
    }
}

TEST(lane_plan, a_permanent_failure_does_not_wait_for_lanes_that_pause_but_for_those_that_connect) {
    lane_plan plan(3, three_attempts(), none);
    wake_all(plan);
    EXPECT_FALSE(plan.failed(0, no_server).is_hopeless);
    EXPECT_FALSE(plan.failed(1, sqlstate::invalid_password).is_hopeless) << "the third may yet succeed";
    EXPECT_TRUE(plan.failed(2, sqlstate::invalid_password).is_hopeless);
}

TEST(lane_plan, while_another_lane_is_up_it_never_gives_up) {
    auto how = three_attempts();
    how.attempts = 1;
    lane_plan plan(2, how, none);
    wake_all(plan);
    plan.connected(0);
    const auto permanent = plan.failed(1, sqlstate::invalid_password);
    EXPECT_EQ(permanent.pause, 100ms);
    EXPECT_FALSE(permanent.is_hopeless);
    plan.resumed(1);
    EXPECT_EQ(plan.failed(1, no_server).pause, 1000ms) << "the longest pause when the attempts are spent";
}

TEST(lane_plan, a_lane_that_is_lost_again_and_again_pauses_longer_unless_it_was_of_use) {
    lane_plan plan(1, three_attempts(), none);
    wake_all(plan);
    plan.connected(0);
    EXPECT_EQ(plan.lost(0), 100ms);
    plan.resumed(0);
    plan.connected(0);
    EXPECT_EQ(plan.lost(0), 200ms);
    plan.resumed(0);
    plan.connected(0);
    plan.proved(0);
    EXPECT_EQ(plan.lost(0), 100ms);
}

} // namespace
