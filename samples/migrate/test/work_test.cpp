// SPDX-License-Identifier: BSL-1.0
// What is done when.
#include "model.hpp"
#include "work_list.hpp"

#include <gtest/gtest.h>

namespace migrate {
namespace {

work_item needing(std::vector<std::size_t> needs, std::vector<std::string> locks = {}) {
    work_item item;
    item.needs = std::move(needs);
    item.locks = std::move(locks);
    return item;
}

TEST(work_queue, an_item_waits_for_what_it_needs) {
    work_queue q;
    q.add({});
    q.add(needing({0}));
    EXPECT_EQ(q.next(true), 0u);
    EXPECT_EQ(q.next(true), std::nullopt);
    EXPECT_FALSE(q.is_done());
    q.finish(0);
    EXPECT_EQ(q.next(true), 1u);
    q.finish(1);
    EXPECT_TRUE(q.is_done());
}

TEST(work_queue, items_with_the_same_lock_are_not_done_at_once) {
    work_queue q;
    q.add(needing({}, {"a", "b"}));
    q.add(needing({}, {"b"}));
    q.add(needing({}, {"c"}));
    EXPECT_EQ(q.next(true), 0u);
    EXPECT_EQ(q.next(true), 2u);
    EXPECT_EQ(q.next(true), std::nullopt);
    q.finish(0);
    EXPECT_EQ(q.next(true), 1u);
}

TEST(work_queue, a_worker_without_a_reader_gets_items_that_need_none) {
    work_queue q;
    work_item reading;
    reading.needs_reader = true;
    q.add(reading);
    q.add({});
    EXPECT_EQ(q.next(false), 1u);
    EXPECT_EQ(q.next(false), std::nullopt);
    EXPECT_EQ(q.next(true), 0u);
}

TEST(work_queue, items_of_an_earlier_run_are_not_handed_out) {
    work_queue q;
    q.add({});
    q.add(needing({0}));
    q.finish(0);
    EXPECT_EQ(q.next(true), 1u);
    EXPECT_EQ(q.next(true), std::nullopt);
}

/// The steps in the order in which one worker does them.
std::vector<std::string> order_of(work_list list) {
    std::vector<std::string> steps;
    while (const auto i = list.queue.next(true)) {
        const work& w = list.items[*i];
        steps.push_back(w.step.empty() ? "compare " + describe(w.table->target) : w.step);
        list.queue.finish(*i);
    }
    EXPECT_TRUE(list.queue.is_done());
    return steps;
}

TEST(work_list, large_tables_come_first_and_references_after_keys) {
    schema s;
    table a = table_named("a");
    a.columns = {column_named("id", "int")};
    a.bytes = 1;
    foreign_key f;
    f.name = "f";
    f.columns = {"id"};
    f.referenced = {"shop", "b"};
    a.foreign_keys = {f};
    table b = a;
    b.name.name = "b";
    b.bytes = 2;
    b.foreign_keys.clear();
    b.primary_key = key{"k", {"id"}, ""};
    index i;
    i.name = "i";
    i.parts = {index_part{"id", {}, false}};
    b.indexes = {i};
    s.tables = {a, b};
    const auto plan = plan_of(s);

    EXPECT_EQ(order_of(make_work_list(plan, {})),
              (std::vector<std::string>{"copy shop.b", "copy shop.a", "keys of shop.b", "index shop.i", "foreign key shop.a f",
                                        "analyze shop.b", "compare shop.b", "analyze shop.a", "compare shop.a"}));
    work_list_options less;
    less.analyzes = less.compares = false;
    EXPECT_EQ(order_of(make_work_list(plan, less)).size(), 5u);
}

TEST(work_list, a_table_that_was_copied_without_checksums_is_read_again_to_be_compared) {
    schema s;
    s.tables = {table_named("a"), table_named("b")};
    const auto plan = plan_of(s);
    earlier_run earlier;
    EXPECT_FALSE(has_copy_without_sums(plan, earlier)); // neither has been copied

    earlier.steps["copy shop.a"].sums.emplace();
    earlier.steps["keys of shop.a"] = {};
    EXPECT_FALSE(has_copy_without_sums(plan, earlier));

    earlier.steps["copy shop.b"] = {};
    EXPECT_TRUE(has_copy_without_sums(plan, earlier));
}

TEST(work_list, keys_of_a_partitioned_table_wait_for_its_partitions) {
    schema s;
    table parent = table_named("parent");
    parent.partition_by = "list (id)";
    parent.primary_key = key{"k", {"id"}, ""};
    table child = table_named("child");
    child.parent = parent.name;
    child.bytes = 9;
    s.tables = {parent, child};
    const auto plan = plan_of(s);
    auto list = make_work_list(plan, {});

    EXPECT_EQ(list.items[*list.queue.next(true)].step, "copy shop.child");
    EXPECT_EQ(list.queue.next(true), std::nullopt);
    list.queue.finish(0);
    EXPECT_EQ(list.items[*list.queue.next(true)].step, "keys of shop.parent");
}

} // namespace
} // namespace migrate
