// SPDX-License-Identifier: BSL-1.0
#include "statement/setting_changes.hpp"

#include <gtest/gtest.h>

namespace {

using pgcoro::wire::setting_changes;

TEST(setting_changes, outside_a_transaction_outdate_statements) {
    setting_changes changes;
    EXPECT_EQ(changes.name_salt(7), "");
    EXPECT_TRUE(changes.outside_transaction("set search_path = a"));
    const auto first = changes.name_salt(7);
    EXPECT_NE(first, "");
    EXPECT_TRUE(changes.outside_transaction("set search_path = b"));
    EXPECT_NE(changes.name_salt(7), first);
}

TEST(setting_changes, of_two_sessions_give_different_names) {
    setting_changes one;
    setting_changes other;
    one.outside_transaction("set search_path = a");
    other.outside_transaction("set search_path = a");
    EXPECT_NE(one.name_salt(7), other.name_salt(7));
}

TEST(setting_changes, that_restore_what_was_never_changed_outdate_nothing) {
    setting_changes changes;
    EXPECT_FALSE(changes.outside_transaction("reset all"));
    EXPECT_FALSE(changes.outside_transaction("set search_path to default"));
    EXPECT_EQ(changes.name_salt(7), "");
    changes.outside_transaction("set search_path = a");
    EXPECT_TRUE(changes.outside_transaction("reset all"));
    EXPECT_FALSE(changes.outside_transaction("reset all"));
}

TEST(setting_changes, of_a_transaction_end_with_it_unless_they_outlast_it) {
    setting_changes changes;
    changes.in_transaction("set local search_path = a");
    EXPECT_TRUE(changes.is_local());
    EXPECT_FALSE(changes.transaction_ended());
    EXPECT_FALSE(changes.is_local());
    changes.in_transaction("set search_path = a");
    changes.in_transaction("set local search_path = b");
    EXPECT_TRUE(changes.transaction_ended());
    EXPECT_FALSE(changes.transaction_ended()) << "once";
}

TEST(setting_changes, are_forgotten_when_the_session_is_discarded) {
    setting_changes changes;
    changes.outside_transaction("set search_path = a");
    changes.discarded();
    EXPECT_FALSE(changes.outside_transaction("reset all"));
}

} // namespace
