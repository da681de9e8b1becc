// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/batch_of_items.hpp>
#include <pgcoro/detail/batching_core.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace {

using pgcoro::errc;
using pgcoro::error;
using pgcoro::sqlstate;
using pgcoro::detail::batch_base;
using pgcoro::detail::is_about_values;
using pgcoro::detail::item_waiter;
using namespace pgcoro::literals;

struct counted_waiter final : item_waiter {
    void refuse(error) override {}
    void dropped() noexcept override { ++drops; }
    int drops = 0;
};

struct plain_batch final : batch_base {
    explicit plain_batch(int items) {
        for (int i = 0; i < items; ++i) {
            add_item();
        }
    }
};

TEST(batch_of_items, those_who_wait_for_an_item_are_told_in_order) {
    plain_batch batch(2);
    counted_waiter first, second, other;
    batch.wait(0, first);
    batch.wait(1, other);
    batch.wait(0, second);
    EXPECT_EQ(batch.pop(0), &first);
    EXPECT_EQ(batch.pop(0), &second);
    EXPECT_EQ(batch.pop(0), nullptr);
    EXPECT_EQ(batch.waiting(), 1u);
}

TEST(batch_of_items, one_who_leaves_is_not_told) {
    for (std::size_t leaver = 0; leaver < 3; ++leaver) {
        plain_batch batch(1);
        counted_waiter all[3];
        for (auto& w : all) {
            batch.wait(0, w);
        }
        batch.remove(all[leaver]);
        EXPECT_EQ(all[leaver].batch, nullptr);
        counted_waiter late;
        batch.wait(0, late);
        std::vector<item_waiter*> told;
        while (item_waiter* const w = batch.pop(0)) {
            told.push_back(w);
        }
        std::vector<item_waiter*> expected;
        for (std::size_t i = 0; i < 3; ++i) {
            if (i != leaver) {
                expected.push_back(&all[i]);
            }
        }
        expected.push_back(&late);
        EXPECT_EQ(told, expected);
    }
}

TEST(batch_of_items, waiters_move_to_an_item_of_another_batch) {
    plain_batch from(2), to(1);
    counted_waiter w;
    from.wait(1, w);
    to.take_waiters(0, from, 1);
    EXPECT_EQ(from.waiting(), 0u);
    EXPECT_EQ(w.batch, &to);
    EXPECT_EQ(w.item, 0u);
}

TEST(batch_of_items, only_those_who_are_due_expire) {
    const item_waiter::time_point start{std::chrono::hours(1)};
    plain_batch batch(2);
    counted_waiter due, later, patient;
    due.expires = start;
    later.expires = start + std::chrono::seconds(1);
    batch.wait(0, due);
    batch.wait(0, patient);
    batch.wait(1, later);
    std::vector<item_waiter*> expired;
    const auto next = batch.expire(start, [&](item_waiter& w) { expired.push_back(&w); });
    EXPECT_EQ(expired, (std::vector<item_waiter*>{&due}));
    EXPECT_EQ(next, later.expires);
    EXPECT_EQ(batch.waiting(), 2u);
}

TEST(batch_of_items, those_who_are_dropped_are_told_nothing_else) {
    plain_batch batch(1);
    counted_waiter w;
    batch.wait(0, w);
    batch.drop_waiters();
    EXPECT_EQ(w.drops, 1);
    EXPECT_EQ(batch.waiting(), 0u);
}

TEST(batch_of_items, errors_of_values_are_told_from_others) {
    for (const auto state : {"23505"_sqlstate, "22P02"_sqlstate, "44000"_sqlstate, "P0001"_sqlstate, "21000"_sqlstate}) {
        EXPECT_TRUE(is_about_values(state)) << to_string(state);
    }
    for (const auto state :
         {"42601"_sqlstate, "40001"_sqlstate, "57014"_sqlstate, "25P02"_sqlstate, "42501"_sqlstate, "53100"_sqlstate}) {
        EXPECT_FALSE(is_about_values(state)) << to_string(state);
    }
}

TEST(batch_of_items, values_that_could_not_be_sent_are_at_fault_only_if_nothing_was) {
    EXPECT_TRUE(is_about_values(error(errc::invalid_text).with(error::nothing_sent)));
    EXPECT_FALSE(is_about_values(errc::value_out_of_range)); // of a value that came
    EXPECT_FALSE(is_about_values(error(errc::connection_lost).with(error::nothing_sent)));
}

TEST(batch_of_items, nothing_is_tried_again_if_it_may_have_been_done) {
    EXPECT_FALSE(is_about_values(error("23505"_sqlstate).with(error::in_doubt)));
    EXPECT_FALSE(is_about_values(error("23505"_sqlstate).with(error::lost)));
}

} // namespace
