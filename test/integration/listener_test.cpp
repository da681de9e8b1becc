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

} // namespace
