// SPDX-License-Identifier: BSL-1.0
#include "listen/listener_plan.hpp"
#include "listen/self_test.hpp"

#include <pgcoro/detail/notification_limits.hpp>

#include <gtest/gtest.h>

#include <variant>

namespace {

using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::gap;
using pgcoro::gap_cause;
using pgcoro::listener_options;
using pgcoro::notification;
using pgcoro::listening::listener_plan;
using pgcoro::listening::self_test;

class listener_plans : public testing::Test {
protected:
    static listener_options steady() {
        listener_options options;
        options.backoff.jitter = 0;
        options.backoff.attempts = 3;
        return options;
    }

    /// The commands that are due, as text.
    std::string commands() {
        std::string all;
        for (const auto& c : plan.channels().next_commands()) {
            all += (c.listens ? "+" : "-") + c.channel;
        }
        return all;
    }
    /// All events that wait, as text.
    std::string events() {
        std::string all;
        while (!plan.events().empty()) {
            const auto e = plan.events().take().value();
            if (const auto* n = std::get_if<notification>(&e)) {
                all += n->payload + " ";
            } else {
                const auto& g = std::get<gap>(e);
                all += (g.cause == gap_cause::listening ? "listening(" : "reconnected(") + g.channel + ") ";
            }
        }
        return all;
    }
    void hear(std::string channel, std::string payload) { plan.on_notification({std::move(channel), std::move(payload), 1}); }
    void listen_to(std::string_view channel) {
        plan.channels().listen(channel);
        commands();
        plan.on_confirmed();
    }

    listener_plan plan{steady(), [] { return 0.5; }};
};

TEST_F(listener_plans, a_gap_comes_when_listen_is_confirmed_and_not_before) {
    plan.channels().listen("a");
    EXPECT_EQ(commands(), "+a");
    EXPECT_TRUE(plan.events().empty());
    EXPECT_FALSE(plan.channels().is_heard("a"));
    plan.on_confirmed();
    EXPECT_TRUE(plan.channels().is_heard("a"));
    EXPECT_EQ(events(), "listening(a) ");
}

TEST_F(listener_plans, a_notification_that_overtakes_the_confirmation_comes_behind_the_gap) {
    plan.channels().listen("a");
    commands();
    hear("a", "1");
    plan.on_confirmed();
    EXPECT_EQ(events(), "listening(a) 1 ");
}

TEST_F(listener_plans, a_notification_of_another_channel_says_nothing_of_a_new_one) {
    listen_to("a");
    events();
    plan.channels().listen("b");
    commands();
    hear("a", "1");
    EXPECT_EQ(events(), "1 ");
    plan.on_confirmed();
    EXPECT_EQ(events(), "listening(b) ");
}

TEST_F(listener_plans, one_group_of_commands_is_in_flight_at_a_time) {
    plan.channels().listen("a");
    EXPECT_EQ(commands(), "+a");
    plan.channels().listen("b");
    plan.channels().unlisten("a");
    EXPECT_EQ(commands(), "");
    plan.on_confirmed();
    EXPECT_EQ(commands(), "-a+b");
    hear("a", "unwanted");
    plan.on_confirmed();
    EXPECT_TRUE(plan.channels().is_gone("a"));
    EXPECT_EQ(commands(), "");
    EXPECT_EQ(events(), "listening() ") << "no notification in between: one gap";
}

TEST_F(listener_plans, what_is_wanted_again_while_it_is_left_is_asked_for_again) {
    listen_to("a");
    plan.channels().unlisten("a");
    EXPECT_EQ(commands(), "-a");
    plan.channels().listen("a");
    EXPECT_FALSE(plan.channels().is_heard("a"));
    plan.on_confirmed();
    EXPECT_FALSE(plan.channels().is_gone("a"));
    EXPECT_EQ(commands(), "+a");
    plan.on_confirmed();
    EXPECT_TRUE(plan.channels().is_heard("a"));
}

TEST_F(listener_plans, after_a_loss_all_channels_are_asked_for_and_one_gap_covers_them) {
    listen_to("a");
    listen_to("b");
    hear("a", "1");
    events();
    plan.channels().unlisten("b");
    commands(); // in flight when the session is lost
    plan.on_lost(errc::connection_lost);
    EXPECT_TRUE(plan.channels().is_gone("b"));
    plan.channels().listen("c");
    EXPECT_EQ(commands(), "+a+c");
    hear("a", "2");
    plan.on_confirmed();
    EXPECT_EQ(events(), "reconnected() 2 ");
}

TEST_F(listener_plans, a_session_that_never_listened_leaves_no_gap) {
    plan.channels().listen("a");
    commands();
    plan.on_lost(errc::connection_lost);
    EXPECT_EQ(commands(), "+a");
    plan.on_confirmed();
    EXPECT_EQ(events(), "listening(a) ");
}

TEST_F(listener_plans, one_that_was_heard_before_it_was_confirmed_leaves_a_gap) {
    plan.channels().listen("a");
    commands();
    hear("a", "1");
    plan.on_lost(errc::connection_lost);
    commands();
    plan.on_confirmed();
    EXPECT_EQ(events(), "listening(a) 1 reconnected() ");
}

TEST_F(listener_plans, a_second_loss_before_all_is_listened_to_again_keeps_the_gap_due) {
    listen_to("a");
    events();
    plan.on_lost(errc::connection_lost);
    commands();
    plan.on_lost(errc::timed_out);
    EXPECT_TRUE(plan.events().empty());
    commands();
    plan.on_confirmed();
    EXPECT_EQ(events(), "reconnected() ");
}

TEST_F(listener_plans, pauses_grow_until_a_session_is_of_use) {
    EXPECT_EQ(plan.on_lost(errc::connection_lost), 100ms);
    EXPECT_EQ(plan.on_lost(errc::connection_lost), 200ms);
    listen_to("a");
    EXPECT_EQ(plan.on_lost(errc::connection_lost), 100ms);
    EXPECT_EQ(plan.on_lost(errc::connection_lost), 200ms);
    EXPECT_EQ(plan.on_lost(errc::connection_lost), 400ms);
    EXPECT_EQ(plan.on_lost(errc::connection_lost), std::nullopt) << "all attempts are spent";
    EXPECT_EQ(plan.on_lost(errc::connection_lost), 100ms) << "whoever asks has a right to all of them";
}

TEST_F(listener_plans, what_a_retry_cannot_cure_is_not_retried) {
    EXPECT_EQ(plan.on_lost(pgcoro::sqlstate::invalid_password), std::nullopt);
    EXPECT_EQ(plan.on_lost(errc::notifications_not_delivered), std::nullopt);
    EXPECT_EQ(plan.on_lost(errc::no_matching_server), 100ms) << "a standby may be promoted";
}

TEST(self_tests, pass_with_what_the_own_backend_sent_or_what_another_session_sent) {
    self_test test("x");
    EXPECT_EQ(test.listen_command(), R"(listen "pgcoro_x")");
    test.begin(7);
    EXPECT_FALSE(test.take({"news", "from elsewhere", 7}));
    EXPECT_TRUE(test.take({"pgcoro_x", "from here", 8})) << "a pooler's, which has invented our process id";
    EXPECT_FALSE(test.has_passed());
    EXPECT_TRUE(test.take({"pgcoro_x", "from here", 7}));
    EXPECT_TRUE(test.has_passed());
    test.begin(7);
    EXPECT_FALSE(test.has_passed());
    EXPECT_TRUE(test.take({"pgcoro_x", "from elsewhere", 8}));
    EXPECT_TRUE(test.has_passed());
}

TEST(notification_limits, are_those_of_the_server) {
    using pgcoro::detail::check_channel;
    using pgcoro::detail::check_notification;
    EXPECT_FALSE(check_channel(std::string(63, 'x')));
    EXPECT_EQ(check_channel(std::string(64, 'x')), errc::invalid_channel);
    EXPECT_EQ(check_channel(""), errc::invalid_channel);
    EXPECT_EQ(check_channel("\xc3"), errc::invalid_channel);
    EXPECT_FALSE(check_notification("a", std::string(7999, 'x')));
    EXPECT_EQ(check_notification("a", std::string(8000, 'x')), errc::value_too_large);
    EXPECT_EQ(check_notification("", ""), errc::invalid_channel);
}

} // namespace
