// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/batching_plan.hpp>

#include <gtest/gtest.h>

#include <cstddef>

namespace {

using pgcoro::detail::batching_limits;
using pgcoro::detail::batching_plan;
using wake = batching_plan::wake;
using time_point = batching_plan::time_point;
using std::chrono::milliseconds;

batching_limits limits(std::size_t items, std::size_t in_flight, milliseconds delay = {}) {
    batching_limits l;
    l.max_items = items;
    l.max_in_flight = in_flight;
    l.max_delay = delay;
    return l;
}

void add(batching_plan& plan, int items, time_point now = {}) {
    for (int i = 0; i < items; ++i) {
        plan.add(1, now);
    }
}

/// The number of batches sent in a turn.
int turn(batching_plan& plan, time_point now = {}) {
    plan.begin_turn(now);
    int sent = 0;
    while (plan.take()) {
        ++sent;
    }
    return sent;
}

TEST(batching_plan, nothing_waits_at_first) {
    batching_plan plan(limits(10, 4));
    EXPECT_EQ(plan.next(), wake::never);
    EXPECT_EQ(turn(plan), 0);
}

TEST(batching_plan, the_first_item_is_sent_when_the_turn_ends) {
    batching_plan plan(limits(10, 4));
    add(plan, 1);
    EXPECT_EQ(plan.next(), wake::at_turn);
    EXPECT_EQ(turn(plan), 1);
    EXPECT_TRUE(plan.is_empty());
}

TEST(batching_plan, items_wait_for_the_statement_in_flight) {
    batching_plan plan(limits(10, 4));
    add(plan, 1);
    turn(plan);
    add(plan, 9);
    EXPECT_EQ(plan.next(), wake::never);
    EXPECT_EQ(turn(plan), 0);
    plan.on_answered();
    EXPECT_EQ(plan.next(), wake::at_turn);
    EXPECT_EQ(turn(plan), 1);
}

TEST(batching_plan, a_full_batch_does_not_wait_for_the_statement_in_flight) {
    batching_plan plan(limits(10, 4));
    add(plan, 1);
    turn(plan);
    add(plan, 12);
    EXPECT_EQ(plan.next(), wake::at_turn);
    EXPECT_EQ(turn(plan), 1);
    EXPECT_FALSE(plan.is_empty());
}

TEST(batching_plan, all_that_waits_is_sent_in_one_turn) {
    batching_plan plan(limits(10, 4));
    add(plan, 25);
    EXPECT_EQ(turn(plan), 3);
}

TEST(batching_plan, no_more_are_in_flight_than_allowed) {
    batching_plan plan(limits(10, 2));
    add(plan, 35);
    EXPECT_EQ(turn(plan), 2);
    EXPECT_EQ(plan.next(), wake::never);
    plan.on_answered();
    EXPECT_EQ(plan.next(), wake::at_turn);
    EXPECT_EQ(turn(plan), 1);
}

TEST(batching_plan, add_tells_when_a_batch_is_full) {
    batching_plan plan(limits(2, 1));
    EXPECT_FALSE(plan.add(1));
    EXPECT_TRUE(plan.add(1));
    EXPECT_TRUE(plan.is_empty());
}

TEST(batching_plan, bytes_fill_a_batch_too) {
    auto l = limits(1000, 4);
    l.max_bytes = 100;
    batching_plan plan(l);
    EXPECT_FALSE(plan.add(99));
    EXPECT_TRUE(plan.add(1));
    EXPECT_FALSE(plan.add(99)); // they count from zero again
}

TEST(batching_plan, with_a_delay_the_first_item_decides_when) {
    const time_point start{std::chrono::hours(1)};
    batching_plan plan(limits(10, 4, milliseconds(5)));
    add(plan, 1, start);
    add(plan, 1, start + milliseconds(4));
    EXPECT_EQ(plan.next(), wake::at_time);
    EXPECT_EQ(plan.due(), start + milliseconds(5));
    EXPECT_EQ(turn(plan, start + milliseconds(4)), 0);
    EXPECT_EQ(turn(plan, start + milliseconds(5)), 1);
}

TEST(batching_plan, with_a_delay_nothing_waits_for_a_response) {
    const time_point start{std::chrono::hours(1)};
    batching_plan plan(limits(10, 4, milliseconds(5)));
    add(plan, 10, start);
    EXPECT_EQ(turn(plan, start), 1);
    add(plan, 1, start);
    EXPECT_EQ(plan.next(), wake::at_time);
    EXPECT_EQ(turn(plan, start + milliseconds(5)), 1);
}

TEST(batching_plan, what_is_put_back_waits_for_its_turn_like_a_full_batch) {
    batching_plan plan(limits(10, 1));
    add(plan, 1);
    EXPECT_EQ(turn(plan), 1);
    plan.on_answered();
    plan.put_back();
    plan.put_back();
    EXPECT_EQ(plan.next(), wake::at_turn);
    EXPECT_EQ(turn(plan), 1);
    EXPECT_EQ(plan.next(), wake::never);
    plan.on_answered();
    EXPECT_EQ(turn(plan), 1);
}

TEST(batching_plan, is_not_idle_while_something_waits_or_is_in_flight) {
    batching_plan plan(limits(10, 1));
    EXPECT_TRUE(plan.is_idle());
    add(plan, 1);
    EXPECT_FALSE(plan.is_idle());
    EXPECT_EQ(turn(plan), 1);
    EXPECT_FALSE(plan.is_idle());
    plan.on_answered();
    EXPECT_TRUE(plan.is_idle());
    plan.put_back();
    EXPECT_FALSE(plan.is_idle());
    plan.forget_waiting();
    EXPECT_TRUE(plan.is_idle());
}

TEST(batching_plan, a_full_batch_does_not_wait_for_its_delay) {
    batching_plan plan(limits(2, 4, milliseconds(5)));
    add(plan, 2);
    EXPECT_EQ(plan.next(), wake::at_turn);
    EXPECT_EQ(turn(plan), 1);
}

TEST(batching_plan, hurry_ends_the_delay_of_what_waits_only) {
    const time_point start{std::chrono::hours(1)};
    batching_plan plan(limits(10, 4, milliseconds(5)));
    plan.hurry(); // nothing waits
    add(plan, 1, start);
    EXPECT_EQ(plan.next(), wake::at_time);
    plan.hurry();
    EXPECT_EQ(plan.next(), wake::at_turn);
    EXPECT_EQ(turn(plan, start), 1);
    add(plan, 1, start);
    EXPECT_EQ(plan.next(), wake::at_time);
}

TEST(batching_plan, a_delay_without_end_is_never_due) {
    auto l = limits(10, 4);
    l.max_delay = l.max_delay.max();
    batching_plan plan(l);
    add(plan, 1, time_point(std::chrono::hours(1)));
    EXPECT_EQ(plan.due(), time_point::max());
}

} // namespace
