// SPDX-License-Identifier: BSL-1.0
#include "ledger.hpp"

#include <gtest/gtest.h>

namespace {

using namespace bench::service;

/// Row n has the number n.
world_table fresh_table() {
    world_table made;
    for (std::int32_t id = 1; id <= rows_of_world; ++id) {
        made[id] = id;
    }
    return made;
}

std::string json(std::int32_t id, std::int32_t number) {
    return R"({"id":)" + std::to_string(id) + R"(,"randomnumber":)" + std::to_string(number) + "}";
}

void read(ledger& l, std::int32_t id, std::int32_t number) {
    EXPECT_TRUE(l.add(of_any_row(endpoint::db, 1), json(id, number)));
}

void write(ledger& l, std::int32_t id, std::int32_t number) {
    EXPECT_TRUE(l.add(of_any_row(endpoint::updates, 1), '[' + json(id, number) + ']'));
}

TEST(ledger, answers_that_the_table_bears_out_are_true) {
    const auto before = fresh_table();
    auto after = before;
    after[2] = 9;
    ledger l;
    read(l, 1, 1);
    write(l, 2, 8);
    write(l, 2, 9);
    read(l, 2, 2);
    read(l, 2, 8);

    EXPECT_EQ(l.false_without_failures(before, after), 0u);
}

TEST(ledger, a_row_read_as_something_that_it_never_was_is_false) {
    ledger l;
    read(l, 1, 2);

    EXPECT_EQ(l.false_without_failures(fresh_table(), fresh_table()), 1u);
    EXPECT_EQ(l.false_by_history(fresh_table(), {}), 1u);
}

TEST(ledger, an_acknowledged_write_that_the_table_lacks_is_false) {
    ledger l;
    write(l, 2, 8);

    EXPECT_EQ(l.false_without_failures(fresh_table(), fresh_table()), 1u);
    EXPECT_EQ(l.false_by_history(fresh_table(), {}), 1u);
}

TEST(ledger, a_write_that_nobody_has_acknowledged_is_false_unless_requests_have_failed) {
    auto after = fresh_table();
    after[2] = 8;
    const ledger l;

    EXPECT_EQ(l.false_without_failures(fresh_table(), after), 1u);
    EXPECT_EQ(l.false_by_history(fresh_table(), std::vector<world_row>{{2, 8}}), 0u);
}

TEST(ledger, a_lost_write_is_found_although_a_later_one_has_replaced_it) {
    ledger l;
    write(l, 2, 8);
    write(l, 2, 9);

    EXPECT_EQ(l.false_by_history(fresh_table(), std::vector<world_row>{{2, 8}, {2, 9}}), 0u);
    EXPECT_EQ(l.false_by_history(fresh_table(), std::vector<world_row>{{2, 9}}), 1u);
}

TEST(ledger, two_equal_writes_must_both_be_kept) {
    ledger l;
    write(l, 2, 8);
    write(l, 2, 8);

    EXPECT_EQ(l.false_by_history(fresh_table(), std::vector<world_row>{{2, 8}, {2, 8}}), 0u);
    EXPECT_EQ(l.false_by_history(fresh_table(), std::vector<world_row>{{2, 8}}), 1u);
}

TEST(ledger, a_row_that_a_request_has_chosen_twice_is_written_once) {
    ledger l;

    EXPECT_TRUE(l.add(of_any_row(endpoint::updates, 2), '[' + json(2, 8) + ',' + json(2, 8) + ']'));
    EXPECT_FALSE(l.add(of_any_row(endpoint::updates, 2), '[' + json(2, 8) + ',' + json(2, 9) + ']'));

    EXPECT_EQ(l.false_by_history(fresh_table(), std::vector<world_row>{{2, 8}}), 0u);
}

TEST(ledger, tables_are_read_as_run_sql_gives_them) {
    std::string printed;
    for (int id = rows_of_world; id != 0; --id) {
        printed += std::to_string(id) + '|' + std::to_string(id) + '\n';
    }

    EXPECT_EQ(read_table(printed)[77], 77);
    EXPECT_EQ(read_rows("1|2\n3|4"), (std::vector<world_row>{{1, 2}, {3, 4}}));
    EXPECT_THROW(read_table(printed + "1|1\n"), std::runtime_error);
    EXPECT_THROW(read_table("1|1\n"), std::runtime_error);
    EXPECT_THROW(read_rows("1|x\n"), std::runtime_error);
    EXPECT_THROW(read_rows("VACUUM\n"), std::runtime_error);
}

} // namespace
