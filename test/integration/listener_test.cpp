// SPDX-License-Identifier: BSL-1.0
// What a listener gives: notifications in order, from the channels that were asked for.
#include "listener_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::gap;
using pgcoro::gap_cause;
using pgcoro::listener;
using pgcoro::notification;
using pgcoro::task;

using listeners = listener_test;

TEST_F(listeners, give_what_was_sent_after_a_gap_that_marks_the_start) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        const auto sender = judge_.value("select pg_backend_pid()");
        notify("news", "hello");

        const gap start = co_await next_gap(l);
        EXPECT_EQ(start.cause, gap_cause::listening);
        EXPECT_EQ(start.channel, "news");
        EXPECT_EQ(start.dropped, 0u);
        const notification n = co_await next_notification(l);
        EXPECT_EQ(n.channel, "news");
        EXPECT_EQ(n.payload, "hello");
        EXPECT_EQ(std::to_string(n.sender_pid), sender);
        co_return success();
    });
}

TEST_F(listeners, keep_the_order_of_commits) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("a"));
        BOOST_OUTCOME_CO_TRY(co_await l.listen("b"));
        for (int i = 0; i < 500; ++i) {
            notify(i % 3 == 0 ? "a" : "b", std::to_string(i));
        }
        co_await next_gap(l);
        for (int i = 0; i < 500; ++i) {
            const auto n = co_await next_notification(l);
            EXPECT_EQ(n.payload, std::to_string(i));
            EXPECT_EQ(n.channel, i % 3 == 0 ? "a" : "b");
        }
        co_return success();
    });
}

TEST_F(listeners, give_what_is_sent_while_somebody_waits) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        co_await next_gap(l);
        for (const std::string payload : {"first", "second", ""}) {
            started waiting(l.next());
            co_await until_sent();
            EXPECT_FALSE(waiting.is_complete());
            notify("news", payload);
            auto event = co_await waiting.get();
            EXPECT_EQ(std::get<notification>(event.value()).payload, payload);
        }
        co_return success();
    });
}

TEST_F(listeners, drop_the_oldest_when_the_queue_is_full) {
    auto options = quick_listener();
    options.max_queued = 10;
    with_listener(config(), options, [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        co_await next_gap(l);
        judge_.value("select count(pg_notify('news', n::text)) from generate_series(1, 5000) n");
        BOOST_OUTCOME_CO_TRY(co_await l.listen("end")); // its response comes behind all of them
        const gap full = co_await next_gap(l);
        EXPECT_EQ(full.cause, gap_cause::overflow);
        EXPECT_EQ(full.channel, "");
        // One place of the ten is that of the gap of the second channel.
        EXPECT_EQ(full.dropped, 4991u);
        for (int i = 4992; i <= 5000; ++i) {
            EXPECT_EQ((co_await next_notification(l)).payload, std::to_string(i));
        }
        EXPECT_EQ((co_await next_gap(l)).channel, "end");
        co_return success();
    });
}

TEST_F(listeners, bound_the_bytes_of_the_queue) {
    auto options = quick_listener();
    options.max_queued_bytes = 100'000;
    with_listener(config(), options, [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        co_await next_gap(l);
        judge_.value("select count(pg_notify('news', n || repeat('x', 7000))) from generate_series(1, 1000) n");
        BOOST_OUTCOME_CO_TRY(co_await l.listen("end"));
        const gap full = co_await next_gap(l);
        EXPECT_EQ(full.cause, gap_cause::overflow);
        EXPECT_GE(full.dropped, 1000u - 100'000 / 7000);
        EXPECT_LT(full.dropped, 1000u);
        EXPECT_TRUE((co_await next_notification(l)).payload.starts_with(std::to_string(full.dropped + 1) + "x"));
        co_return success();
    });
}

TEST_F(listeners, give_what_is_there_at_once) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        EXPECT_FALSE(l.try_next());
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        judge_.value("select count(pg_notify('news', n::text)) from generate_series(1, 100) n");
        co_await next_gap(l);
        int seen = 0;
        while (seen < 100) {
            if (auto event = l.try_next()) {
                EXPECT_EQ(std::get<notification>(*event).payload, std::to_string(++seen));
            } else {
                co_await until_sent();
            }
        }
        EXPECT_FALSE(l.try_next());
        co_return success();
    });
}

TEST_F(listeners, that_are_not_told_to_listen_do_not_connect) {
    pgcoro::connect_config nowhere;
    nowhere.host("/nonexistent");
    with_listener(nowhere, quick_listener(), [&](listener& l) -> task<> {
        started waiting(l.next());
        auto late = co_await l.unlisten("news");
        EXPECT_TRUE(late);
        EXPECT_FALSE(waiting.is_complete());
        l.close();
        auto closed = co_await waiting.get();
        EXPECT_EQ(error_of(closed), errc::connection_closed);
        co_return success();
    });
}

} // namespace
