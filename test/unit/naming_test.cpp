// SPDX-License-Identifier: BSL-1.0
#include "statement/naming.hpp"

#include <gtest/gtest.h>

namespace {

using namespace pgcoro::wire;
using pgcoro::prepare_policy;

TEST(naming, no_statement_has_a_name_before_it_is_known_whose_the_session_is) {
    naming n(prepare_policy::automatic, std::nullopt);
    EXPECT_TRUE(n.must_ask());
    EXPECT_FALSE(n.uses_names());
    n.asked();
    EXPECT_FALSE(n.must_ask());
    EXPECT_TRUE(n.is_undecided());
    EXPECT_TRUE(n.is_worth_waiting());
    EXPECT_FALSE(n.uses_names());
    n.answered(true);
    EXPECT_TRUE(n.uses_names());
    EXPECT_FALSE(n.is_undecided());
    EXPECT_FALSE(n.is_shared());
}

TEST(naming, in_a_session_that_is_not_ours_no_statement_has_a_name) {
    naming n(prepare_policy::automatic, std::nullopt);
    n.asked();
    n.answered(false);
    EXPECT_FALSE(n.uses_names());
    EXPECT_FALSE(n.must_ask());
    EXPECT_TRUE(n.is_shared());
}

TEST(naming, a_question_that_failed_with_its_transaction_is_asked_again) {
    naming n(prepare_policy::automatic, std::nullopt);
    n.asked();
    n.not_answered(true);
    EXPECT_TRUE(n.must_ask());
    n.asked();
    EXPECT_FALSE(n.is_worth_waiting()) << "it may fail again and again";
    n.not_answered(false);
    EXPECT_FALSE(n.must_ask());
    EXPECT_FALSE(n.uses_names());
}

TEST(naming, a_pooler_that_announces_itself_is_believed) {
    const naming tracking(prepare_policy::automatic, read_announcement("transaction", "200"));
    EXPECT_TRUE(tracking.uses_names());
    EXPECT_TRUE(tracking.is_shared());
    const naming forgetful(prepare_policy::automatic, read_announcement("transaction", "0"));
    EXPECT_FALSE(forgetful.uses_names());
    EXPECT_FALSE(forgetful.must_ask());
    const naming session(prepare_policy::automatic, read_announcement("session", "0"));
    EXPECT_TRUE(session.uses_names());
    EXPECT_FALSE(session.is_shared());
    EXPECT_FALSE(read_announcement("", "200"));
}

TEST(naming, a_pooler_that_only_the_user_knows_of_keeps_no_names) {
    const naming silent(prepare_policy::automatic, std::nullopt, true);
    EXPECT_FALSE(silent.must_ask());
    EXPECT_FALSE(silent.uses_names());
    EXPECT_TRUE(silent.is_shared());
    const naming tracking(prepare_policy::automatic, read_announcement("transaction", "200"), true);
    EXPECT_TRUE(tracking.uses_names());
}

TEST(naming, a_policy_other_than_automatic_asks_nothing) {
    const naming never(prepare_policy::unnamed, std::nullopt);
    EXPECT_FALSE(never.must_ask());
    EXPECT_FALSE(never.uses_names());
    const naming always(prepare_policy::always, std::nullopt);
    EXPECT_FALSE(always.must_ask());
    EXPECT_TRUE(always.uses_names());
}

TEST(naming, in_a_transaction_with_settings_of_its_own_no_statement_has_a_name) {
    naming n(prepare_policy::automatic, std::nullopt);
    n.suspend(); // before it is known whose the session is
    n.asked();
    n.answered(true);
    EXPECT_FALSE(n.uses_names());
    n.resume();
    EXPECT_TRUE(n.uses_names());
    n.suspend();
    EXPECT_FALSE(n.uses_names());
    EXPECT_FALSE(n.is_undecided());
    n.resume();
    EXPECT_TRUE(n.uses_names());
    naming never(prepare_policy::unnamed, std::nullopt);
    never.suspend();
    never.resume();
    EXPECT_FALSE(never.uses_names());
}

TEST(naming, after_several_surprises_there_are_no_more_names) {
    naming n(prepare_policy::automatic, read_announcement("session", "0"));
    for (int i = 0; i < 3; ++i) {
        n.surprised();
    }
    EXPECT_TRUE(n.uses_names());
    n.surprised();
    EXPECT_FALSE(n.uses_names());
}

TEST(naming, a_user_who_insists_on_names_keeps_them) {
    naming n(prepare_policy::always, std::nullopt);
    for (int i = 0; i < 10; ++i) {
        n.surprised();
    }
    EXPECT_TRUE(n.uses_names());
}

} // namespace
