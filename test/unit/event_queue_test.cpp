// SPDX-License-Identifier: BSL-1.0
#include "listen/event_queue.hpp"

#include <gtest/gtest.h>

namespace {

using pgcoro::errc;
using pgcoro::gap;
using pgcoro::gap_cause;
using pgcoro::notification;
using pgcoro::listening::event_queue;

constexpr std::size_t unlimited = 1'000'000'000;

std::string payload_of(event_queue& q) { return std::get<notification>(q.take().value()).payload; }
gap gap_of(event_queue& q) { return std::get<gap>(q.take().value()); }
gap listening_to(std::string channel) { return {gap_cause::listening, std::move(channel), 0, {}}; }

TEST(event_queue, gives_the_oldest_first) {
    event_queue q(10, unlimited);
    EXPECT_TRUE(q.empty());
    q.push(notification{"a", "1", 0});
    q.push(listening_to("b"));
    q.push(notification{"b", "2", 0});
    EXPECT_EQ(payload_of(q), "1");
    EXPECT_EQ(gap_of(q).channel, "b");
    EXPECT_EQ(payload_of(q), "2");
    EXPECT_TRUE(q.empty());
}

TEST(event_queue, drops_the_oldest_and_counts_them) {
    event_queue q(2, unlimited);
    for (int i = 1; i <= 5; ++i) {
        q.push(notification{"a", std::to_string(i), 0});
    }
    const gap full = gap_of(q);
    EXPECT_EQ(full.cause, gap_cause::overflow);
    EXPECT_EQ(full.dropped, 3u);
    EXPECT_EQ(payload_of(q), "4");
    EXPECT_EQ(payload_of(q), "5");
    EXPECT_TRUE(q.empty());
}

TEST(event_queue, keeps_the_order_of_many) {
    event_queue q(100'000, unlimited);
    int next = 0;
    for (int i = 0; i < 10'000; ++i) {
        q.push(notification{"a", std::to_string(i), 0});
        if (i % 3 != 0) {
            EXPECT_EQ(payload_of(q), std::to_string(next++));
        }
    }
    for (; next < 10'000; ++next) {
        EXPECT_EQ(payload_of(q), std::to_string(next));
    }
    EXPECT_TRUE(q.empty());
    EXPECT_FALSE(q.take());
}

TEST(event_queue, bounds_bytes_and_keeps_the_newest_however_large) {
    event_queue q(10, 1000);
    q.push(notification{"a", "small", 0});
    q.push(notification{"a", std::string(2000, 'x'), 0});
    EXPECT_EQ(gap_of(q).dropped, 1u);
    EXPECT_EQ(payload_of(q).size(), 2000u);
    q.push(notification{"a", std::string(600, 'x'), 0});
    EXPECT_EQ(payload_of(q).size(), 600u) << "what was taken does not count";
    EXPECT_TRUE(q.empty());
}

TEST(event_queue, forgets_the_bytes_of_what_is_cleared) {
    event_queue q(10, 1000);
    q.push(notification{"a", std::string(700, 'x'), 0});
    q.clear();
    EXPECT_TRUE(q.empty());
    q.push(notification{"a", std::string(700, 'x'), 0});
    EXPECT_EQ(payload_of(q).size(), 700u);
}

TEST(event_queue, makes_one_gap_of_those_with_nothing_in_between) {
    event_queue q(10, unlimited);
    q.push(listening_to("a"));
    q.push(listening_to("a"));
    q.push(notification{"a", "1", 0});
    q.push(listening_to("b"));
    q.push({gap_cause::reconnected, {}, 0, errc::connection_lost});
    EXPECT_EQ(gap_of(q).channel, "a");
    EXPECT_EQ(payload_of(q), "1");
    const gap both = gap_of(q);
    EXPECT_EQ(both.cause, gap_cause::reconnected);
    EXPECT_EQ(both.channel, "") << "both channels: all";
    EXPECT_EQ(both.reason, errc::connection_lost);
    EXPECT_TRUE(q.empty());
}

TEST(event_queue, keeps_the_gaps_of_what_it_drops) {
    event_queue q(2, unlimited);
    q.push(notification{"a", "1", 0});
    q.push({gap_cause::reconnected, {}, 0, errc::connection_lost});
    q.push(notification{"a", "2", 0}); // drops the first, which makes the gap the oldest
    q.push(notification{"a", "3", 0});
    q.push(notification{"a", "4", 0});
    const gap all = gap_of(q);
    EXPECT_EQ(all.cause, gap_cause::reconnected);
    EXPECT_EQ(all.dropped, 2u);
    EXPECT_EQ(all.reason, errc::connection_lost);
    EXPECT_EQ(payload_of(q), "3");
    EXPECT_EQ(payload_of(q), "4");
}

TEST(event_queue, puts_a_gap_that_comes_right_after_what_was_dropped_into_its_gap) {
    event_queue q(1, unlimited);
    q.push(notification{"a", "1", 0});
    q.push(notification{"a", "2", 0});
    q.push(listening_to("b"));
    const gap all = gap_of(q);
    EXPECT_EQ(all.cause, gap_cause::overflow);
    EXPECT_EQ(all.dropped, 2u);
    EXPECT_EQ(all.channel, "");
    EXPECT_TRUE(q.empty());
}

} // namespace
