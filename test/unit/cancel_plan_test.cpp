// SPDX-License-Identifier: BSL-1.0
#include "wire/cancel_plan.hpp"

#include <gtest/gtest.h>

namespace {

using pgcoro::wire::cancel_plan;
using action = cancel_plan::action;

TEST(cancel_plan, the_usual_course) {
    cancel_plan plan;
    EXPECT_EQ(plan.given_up(true), action::ask);
    EXPECT_EQ(plan.confirmed(), action::none) << "the statement has not ended";
    EXPECT_EQ(plan.answered(), action::echo);
    EXPECT_EQ(plan.answered(), action::go_on);
    EXPECT_TRUE(plan.is_idle());
}

TEST(cancel_plan, an_answer_before_the_confirmation_does_not_free_the_session) {
    cancel_plan plan;
    plan.given_up(true);
    EXPECT_EQ(plan.answered(), action::none) << "the signal may hit what comes next";
    EXPECT_FALSE(plan.is_idle());
    EXPECT_EQ(plan.confirmed(), action::echo);
    EXPECT_EQ(plan.answered(), action::go_on);
}

TEST(cancel_plan, giving_up_twice_asks_once) {
    cancel_plan plan;
    plan.given_up(true);
    EXPECT_EQ(plan.given_up(true), action::none);
    plan.confirmed();
    EXPECT_EQ(plan.given_up(true), action::none);
}

TEST(cancel_plan, what_must_not_be_asked_for_is_waited_for) {
    cancel_plan plan;
    EXPECT_EQ(plan.given_up(false), action::none);
    EXPECT_FALSE(plan.is_idle());
    EXPECT_EQ(plan.answered(), action::go_on) << "no signal was sent, so none can come late";
}

TEST(cancel_plan, what_had_to_be_sent_first_is_asked_for_then) {
    cancel_plan plan;
    plan.given_up(false);
    EXPECT_EQ(plan.given_up(true), action::ask);
}

TEST(cancel_plan, each_of_several_is_asked_for) {
    cancel_plan plan;
    plan.given_up(true);
    EXPECT_EQ(plan.next_is_due(), action::none) << "a signal is on its way already";
    plan.confirmed();
    EXPECT_EQ(plan.next_is_due(), action::ask);
    EXPECT_EQ(plan.confirmed(), action::none);
    EXPECT_EQ(plan.answered(), action::echo);
}

TEST(cancel_plan, a_signal_that_came_too_early_is_repeated) {
    cancel_plan plan;
    plan.given_up(true);
    plan.confirmed();
    EXPECT_EQ(plan.overdue(false), action::ask);
    plan.confirmed();
    EXPECT_EQ(plan.overdue(true), action::close);
    EXPECT_TRUE(plan.is_idle());
}

TEST(cancel_plan, a_failed_request_has_worked_if_the_statement_was_stopped) {
    cancel_plan plan;
    plan.given_up(true);
    EXPECT_EQ(plan.failed(), action::none) << "it may have arrived";
    plan.stopped();
    EXPECT_EQ(plan.answered(), action::echo);
    EXPECT_EQ(plan.answered(), action::go_on);
    cancel_plan other;
    other.given_up(true);
    other.stopped();
    EXPECT_EQ(other.answered(), action::none);
    EXPECT_EQ(other.failed(), action::echo);
    EXPECT_EQ(other.answered(), action::go_on);
}

TEST(cancel_plan, a_statement_that_ended_by_itself_says_nothing_of_a_failed_request) {
    cancel_plan plan;
    plan.given_up(true);
    plan.failed();
    EXPECT_EQ(plan.answered(), action::close) << "the signal may hit what comes next";
    cancel_plan other;
    other.given_up(true);
    other.answered();
    EXPECT_EQ(other.failed(), action::close);
}

TEST(cancel_plan, a_failed_request_is_not_repeated_unless_it_has_worked) {
    cancel_plan plan;
    plan.given_up(true);
    plan.failed();
    EXPECT_EQ(plan.next_is_due(), action::none) << "the signal may be on its way";
    plan.stopped();
    EXPECT_EQ(plan.next_is_due(), action::ask);
    EXPECT_EQ(plan.failed(), action::none);
    EXPECT_EQ(plan.answered(), action::close) << "what was stopped before counts no more";
    cancel_plan early;
    early.given_up(true);
    early.stopped();
    EXPECT_EQ(early.failed(), action::none);
    EXPECT_EQ(early.next_is_due(), action::ask) << "it has hit the first of several";
}

TEST(cancel_plan, a_request_that_fails_while_the_stopped_statement_ends_is_not_repeated) {
    cancel_plan plan;
    plan.given_up(true);
    plan.stopped(); // its error has come, and its end has not
    EXPECT_EQ(plan.failed(), action::none);
    EXPECT_EQ(plan.answered(), action::echo);
    EXPECT_EQ(plan.answered(), action::go_on);
}

TEST(cancel_plan, a_statement_that_goes_on_after_a_failed_request_ends_the_session) {
    cancel_plan plan;
    plan.given_up(true);
    plan.failed();
    EXPECT_EQ(plan.overdue(false), action::close);
    EXPECT_TRUE(plan.is_idle());
}

TEST(cancel_plan, what_is_stopped_while_nothing_was_given_up_means_nothing) {
    cancel_plan plan;
    plan.stopped();
    plan.given_up(true);
    plan.failed();
    EXPECT_EQ(plan.answered(), action::close);
}

TEST(cancel_plan, an_unanswered_request_ends_the_session) {
    cancel_plan silent;
    silent.given_up(true);
    silent.answered();
    EXPECT_EQ(silent.overdue(false), action::close);
}

TEST(cancel_plan, so_does_an_echo_that_does_not_come_and_a_commit_that_does_not_end) {
    cancel_plan deaf;
    deaf.given_up(true);
    deaf.confirmed();
    deaf.answered();
    EXPECT_EQ(deaf.overdue(false), action::close);
    cancel_plan commit;
    commit.given_up(false);
    EXPECT_EQ(commit.overdue(true), action::close);
}

TEST(cancel_plan, idle_it_does_nothing) {
    cancel_plan plan;
    EXPECT_EQ(plan.answered(), action::none);
    EXPECT_EQ(plan.next_is_due(), action::none);
    EXPECT_EQ(plan.overdue(true), action::none);
    EXPECT_EQ(plan.failed(), action::none);
}

} // namespace
