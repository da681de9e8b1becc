// SPDX-License-Identifier: BSL-1.0
#include "fake_result.hpp"

#include <pgcoro/detail/cursor_rows.hpp>
#include <pgcoro/types/text.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace {

using pgcoro::rowset;
using pgcoro::detail::cursor_rows;
using namespace pgcoro::test;

std::vector<std::string> texts(const rowset& rows) {
    std::vector<std::string> all;
    for (const auto row : rows) {
        all.push_back(row[0].as<std::optional<std::string>>().value().value_or("NULL"));
    }
    return all;
}

rowset rowset_of(const std::vector<fake_row>& rows, int format = 1) {
    return rowset(fake_result({{"x", pgcoro::oids::text, format}}, rows));
}

TEST(rows_of_a_cursor, are_given_across_the_results_they_came_in) {
    cursor_rows<std::vector<int>> rows;
    rows.push({1, 2, 3});
    rows.push({4});
    rows.push({});
    rows.push({5, 6, 7, 8});
    EXPECT_EQ(rows.take(2), (std::vector{1, 2}));
    EXPECT_EQ(rows.take(4), (std::vector{3, 4, 5, 6}));
    EXPECT_EQ(rows.take(0), std::vector<int>());
    rows.skip(1);
    EXPECT_EQ(rows.take(1), (std::vector{8}));
}

TEST(rows_of_a_cursor, are_moved_as_a_whole_if_they_came_so) {
    cursor_rows<std::vector<std::unique_ptr<int>>> rows;
    std::vector<std::unique_ptr<int>> came;
    came.push_back(std::make_unique<int>(1));
    came.push_back(std::make_unique<int>(2));
    const auto* const where = came.data();
    rows.push(std::move(came));
    EXPECT_EQ(rows.take(2).data(), where);
}

TEST(rows_of_a_cursor, of_bits_are_rows_like_others) {
    cursor_rows<std::vector<bool>> rows;
    rows.push({true, false});
    rows.push({true, true});
    EXPECT_EQ(rows.take(3), (std::vector{true, false, true}));
}

TEST(rows_of_a_cursor, are_joined_to_rowsets) {
    cursor_rows<rowset> rows;
    rows.push(rowset_of({{"a"}, {"b"}, {std::nullopt}}));
    rows.push(rowset_of({{""}, {"e"}}));
    EXPECT_EQ(texts(rows.take(1)), (std::vector<std::string>{"a"}));
    const auto joined = rows.take(3);
    EXPECT_EQ(texts(joined), (std::vector<std::string>{"b", "NULL", ""}));
    EXPECT_EQ(joined.columns()[0].name(), "x");
    EXPECT_TRUE(rows.take(0).empty());
    EXPECT_EQ(texts(rows.take(1)), (std::vector<std::string>{"e"}));
    EXPECT_TRUE(rows.take(0).empty());
}

// A rowset has one format for a column.
TEST(rows_of_a_cursor, in_different_formats_are_given_one_after_the_other) {
    cursor_rows<rowset> rows;
    rows.push(rowset_of({{"a"}, {"b"}}));
    rows.push(rowset_of({{"c"}, {"d"}}, 0));
    EXPECT_EQ(texts(rows.take(3)), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(rows.take(2).size(), 2U);
}

} // namespace
