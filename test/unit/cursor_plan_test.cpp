// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/cursor_plan.hpp>

#include <gtest/gtest.h>

namespace {

using pgcoro::cursor_options;
using pgcoro::detail::cursor_plan;

cursor_plan plan_of(std::optional<int> prefetch, bool scroll = false) {
    cursor_options options;
    options.prefetch = prefetch;
    options.scroll = scroll;
    return cursor_plan(options);
}

TEST(a_cursor_plan, asks_for_what_has_neither_arrived_nor_is_in_flight) {
    auto plan = plan_of(10);
    EXPECT_EQ(plan.missing(25), 25);
    plan.asked(10);
    EXPECT_EQ(plan.missing(25), 15);
    EXPECT_EQ(plan.missing(10), 0);
    plan.arrived(10, 10);
    EXPECT_EQ(plan.missing(25), 15);
    EXPECT_EQ(plan.take(7), 7);
    EXPECT_EQ(plan.missing(25), 22);
}

TEST(a_cursor_plan, has_rows_once_they_have_arrived) {
    auto plan = plan_of(10);
    plan.asked(10);
    EXPECT_FALSE(plan.has(1));
    plan.arrived(10, 10);
    EXPECT_TRUE(plan.has(10));
    EXPECT_FALSE(plan.has(11));
}

TEST(a_cursor_plan, knows_the_end_by_an_answer_that_is_too_short) {
    auto plan = plan_of(10);
    plan.asked(10);
    plan.asked(10);
    plan.arrived(10, 4);
    EXPECT_FALSE(plan.has(5)); // there is another answer to come
    plan.arrived(10, 0);
    EXPECT_TRUE(plan.has(5));
    EXPECT_EQ(plan.take(5), 4);
    EXPECT_EQ(plan.missing(5), 0);
    EXPECT_EQ(plan.ahead(), 0);
    EXPECT_EQ(plan.take(5), 0);
}

TEST(a_cursor_plan, does_not_take_a_full_last_answer_for_the_end) {
    auto plan = plan_of(10);
    plan.asked(10);
    plan.arrived(10, 10);
    EXPECT_EQ(plan.take(10), 10);
    EXPECT_FALSE(plan.has(1));
    EXPECT_EQ(plan.missing(10), 10);
}

TEST(a_cursor_plan, counts_rows_that_were_moved_over_only_as_asked_for) {
    auto plan = plan_of(10);
    plan.asked(30);
    EXPECT_EQ(plan.missing(30), 0);
    plan.moved(30, 30);
    EXPECT_FALSE(plan.has(1));
    plan.asked(30);
    plan.moved(30, 29);
    EXPECT_TRUE(plan.has(1)); // as many as there will be
    EXPECT_EQ(plan.take(1), 0);
}

TEST(a_cursor_plan, asks_again_for_what_was_not_sent) {
    auto plan = plan_of(10);
    plan.asked(10);
    plan.failed(10);
    EXPECT_EQ(plan.missing(10), 10);
}

TEST(a_cursor_plan, keeps_one_fetch_ahead) {
    auto plan = plan_of(10);
    EXPECT_EQ(plan.ahead(), 10);
    plan.asked(10);
    EXPECT_EQ(plan.ahead(), 0);
    plan.arrived(10, 10);
    EXPECT_EQ(plan.ahead(), 0);
    plan.take(1);
    EXPECT_EQ(plan.ahead(), 10);
    plan.asked(10);
    plan.take(9);
    EXPECT_EQ(plan.ahead(), 0);
}

TEST(a_cursor_plan, keeps_none_ahead_with_scroll_or_without_prefetch) {
    EXPECT_EQ(plan_of(10, true).ahead(), 0);
    EXPECT_EQ(plan_of(0).ahead(), 0);
    EXPECT_EQ(plan_of(-1).ahead(), 0);
}

TEST(a_cursor_plan, chooses_the_number_of_rows_by_the_size_of_the_first) {
    const auto count_of_rows_of = [](std::size_t bytes) {
        auto plan = plan_of(std::nullopt);
        EXPECT_EQ(plan.usual_count(), 64);
        plan.measured(10, 10 * bytes);
        return plan.usual_count();
    };
    EXPECT_EQ(count_of_rows_of(0), 1024);
    EXPECT_EQ(count_of_rows_of(64), 1024);
    EXPECT_EQ(count_of_rows_of(656), 99);
    EXPECT_EQ(count_of_rows_of(4096), 16);
    EXPECT_EQ(count_of_rows_of(1'000'000), 16);
}

TEST(a_cursor_plan, measures_once_and_not_what_has_no_rows) {
    auto plan = plan_of(std::nullopt);
    plan.measured(0, 0);
    EXPECT_FALSE(plan.is_measured());
    plan.measured(1, 1024);
    plan.measured(1, 1);
    EXPECT_EQ(plan.usual_count(), 64);
    auto told = plan_of(5);
    told.measured(1, 1);
    EXPECT_EQ(told.usual_count(), 5);
}

} // namespace
