// SPDX-License-Identifier: BSL-1.0
// The channels of a listener: names, and changes at run time.
#include "listener_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::gap;
using pgcoro::gap_cause;
using pgcoro::listener;
using pgcoro::task;

using listener_channels = listener_test;

TEST_F(listener_channels, keep_case_quotes_and_all_of_63_bytes) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        const std::string longest(63, 'x');
        for (const std::string& name :
             {std::string("Case"), std::string("a \"b\" ; c"), std::string("\u00e9t\u00e9"), longest}) {
            BOOST_OUTCOME_CO_TRY(co_await l.listen(name));
            EXPECT_EQ((co_await next_gap(l)).channel, name);
            notify(name, name);
            const auto n = co_await next_notification(l);
            EXPECT_EQ(n.channel, name);
            EXPECT_EQ(n.payload, name);
        }
        judge_.value("notify Case, 'to the name in lower case'");
        notify("Case", "last");
        EXPECT_EQ((co_await next_notification(l)).payload, "last");
        co_return success();
    });
}

TEST_F(listener_channels, that_cannot_be_are_refused_before_anything_is_sent) {
    pgcoro::connect_config nowhere;
    nowhere.host("/nonexistent");
    with_listener(nowhere, quick_listener(), [&](listener& l) -> task<> {
        for (const std::string& name : {std::string(), std::string(64, 'x'), std::string("a\0b", 3), std::string("\xff")}) {
            auto listening = co_await l.listen(name);
            EXPECT_EQ(error_of(listening), errc::invalid_channel) << name;
            EXPECT_TRUE(error_of(listening).is(pgcoro::error::nothing_sent));
            auto unlistening = co_await l.unlisten(name);
            EXPECT_EQ(error_of(unlistening), errc::invalid_channel) << name;
        }
        co_return success();
    });
}

TEST_F(listener_channels, may_be_left_while_others_go_on) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("one"));
        BOOST_OUTCOME_CO_TRY(co_await l.listen("two"));
        BOOST_OUTCOME_CO_TRY(co_await l.unlisten("one"));
        notify("one", "unheard");
        notify("two", "heard");
        EXPECT_EQ((co_await next_gap(l)).channel, "") << "gaps with nothing in between are one gap of both channels";
        EXPECT_EQ((co_await next_notification(l)).payload, "heard");

        BOOST_OUTCOME_CO_TRY(co_await l.listen("one"));
        notify("one", "again");
        const gap again = co_await next_gap(l);
        EXPECT_EQ(again.cause, gap_cause::listening);
        EXPECT_EQ(again.channel, "one");
        EXPECT_EQ((co_await next_notification(l)).payload, "again");
        co_return success();
    });
}

TEST_F(listener_channels, listening_twice_or_leaving_what_was_never_listened_to_does_nothing) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.unlisten("news"));
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        notify("news", "once");
        co_await next_gap(l);
        EXPECT_EQ((co_await next_notification(l)).payload, "once");
        EXPECT_FALSE(l.try_next());
        co_return success();
    });
}

TEST_F(listener_channels, a_wait_for_the_opposite_ends) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        started listening(l.listen("news"));
        started leaving(l.unlisten("news"));
        auto listened = co_await listening.get();
        EXPECT_EQ(error_of(listened), boost::asio::error::operation_aborted);
        BOOST_OUTCOME_CO_TRY(co_await leaving.get());
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        started leaving_again(l.unlisten("news"));
        co_await until_sent();
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        auto left = co_await leaving_again.get();
        notify("news", "heard");
        co_await next_gap(l);
        EXPECT_EQ((co_await next_notification(l)).payload, "heard");
        co_return success();
    });
}

} // namespace
