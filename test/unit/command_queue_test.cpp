// SPDX-License-Identifier: BSL-1.0
#include "wire/command_queue.hpp"

#include <gtest/gtest.h>

namespace {

using pgcoro::wire::command;
using pgcoro::wire::command_queue;
using pgcoro::wire::prepared_statement;

// The queue only keeps the pointers.
prepared_statement* number(std::size_t n) { return reinterpret_cast<prepared_statement*>(n); }

TEST(command_queue, is_empty_at_first) {
    const command_queue q;
    EXPECT_TRUE(q.empty());
    EXPECT_EQ(q.size(), 0u);
}

TEST(command_queue, gives_back_what_was_pushed_first) {
    command_queue q;
    q.push(command::prepare, number(7));
    q.push(command::execute, number(8));
    q.push(command::sync);
    EXPECT_EQ(q.size(), 3u);
    EXPECT_EQ(q.front().kind, command::prepare);
    EXPECT_EQ(q.front().statement, number(7));
    q.pop();
    EXPECT_EQ(q.front().kind, command::execute);
    EXPECT_EQ(q.front().statement, number(8));
    q.pop();
    EXPECT_EQ(q.front().kind, command::sync);
    EXPECT_EQ(q.front().statement, nullptr);
    q.pop();
    EXPECT_TRUE(q.empty());
}

TEST(command_queue, keeps_the_order_while_it_grows_and_its_ends_wander) {
    command_queue q;
    std::size_t pushed = 0;
    std::size_t popped = 0;
    for (int round = 0; round != 200; ++round) {
        for (int i = 0; i != 7 + round; ++i) {
            q.push(command::execute, number(++pushed));
        }
        for (int i = 0; i != 5 + round; ++i) {
            ASSERT_EQ(q.front().statement, number(++popped));
            q.pop();
        }
        ASSERT_EQ(q.size(), pushed - popped);
    }
    while (!q.empty()) {
        ASSERT_EQ(q.front().statement, number(++popped));
        q.pop();
    }
    EXPECT_EQ(popped, pushed);
}

TEST(command_queue, what_is_cleared_is_gone_and_the_queue_goes_on) {
    command_queue q;
    for (std::size_t i = 0; i != 100; ++i) {
        q.push(command::execute, number(1));
    }
    q.clear();
    EXPECT_TRUE(q.empty());
    q.push(command::exclusive, number(2));
    EXPECT_EQ(q.size(), 1u);
    EXPECT_EQ(q.front().statement, number(2));
}

} // namespace
