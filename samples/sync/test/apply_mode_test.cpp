// SPDX-License-Identifier: BSL-1.0
// How cautiously changes are applied after failures.
#include "apply_mode.hpp"

#include <gtest/gtest.h>

namespace data_sync {
namespace {

TEST(sync_apply_mode, becomes_more_cautious_with_each_failure) {
    mode_choice choice(100);
    EXPECT_EQ(choice.mode(), apply_mode::together);
    EXPECT_TRUE(choice.on_failure());
    EXPECT_EQ(choice.mode(), apply_mode::one_by_one);
    EXPECT_TRUE(choice.on_failure());
    EXPECT_EQ(choice.mode(), apply_mode::careful);
    EXPECT_FALSE(choice.on_failure());
    EXPECT_EQ(choice.mode(), apply_mode::careful);
}

TEST(sync_apply_mode, goes_back_when_more_has_passed_than_was_committed_together) {
    mode_choice choice(100);
    choice.on_failure();
    choice.on_failure();
    choice.on_progress(199);
    EXPECT_EQ(choice.mode(), apply_mode::careful);
    choice.on_progress(1);
    EXPECT_EQ(choice.mode(), apply_mode::one_by_one);
    choice.on_progress(400);
    EXPECT_EQ(choice.mode(), apply_mode::together);
}

/// The changes that pass one by one after a failure.
std::int64_t pause_after_failure(mode_choice& choice) {
    choice.on_failure();
    std::int64_t changes = 0;
    while (choice.mode() == apply_mode::one_by_one) {
        choice.on_progress(100);
        changes += 100;
    }
    return changes;
}

TEST(sync_apply_mode, tries_less_and_less_often_what_fails_each_time) {
    mode_choice choice(100);
    EXPECT_EQ(pause_after_failure(choice), 200);
    EXPECT_EQ(pause_after_failure(choice), 400);
    choice.on_progress(799); // not enough to forget it
    EXPECT_EQ(pause_after_failure(choice), 800);
    for (int i = 0; i < 10; ++i) {
        pause_after_failure(choice);
    }
    EXPECT_EQ(pause_after_failure(choice), 25'600);
}

TEST(sync_apply_mode, forgets_failures_when_enough_was_applied_together) {
    mode_choice choice(100);
    pause_after_failure(choice);
    EXPECT_EQ(pause_after_failure(choice), 400);
    choice.on_progress(800);
    EXPECT_EQ(pause_after_failure(choice), 200);
}

} // namespace
} // namespace data_sync
