// SPDX-License-Identifier: BSL-1.0
#include "fake_result.hpp"

#include <pgcoro/rowset.hpp>
#include <pgcoro/types.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::rowset;
namespace oids = pgcoro::oids;

static_assert(std::random_access_iterator<decltype(std::declval<rowset>().begin())>);
static_assert(std::random_access_iterator<decltype(std::declval<pgcoro::row_view>().begin())>);
static_assert(!std::is_copy_constructible_v<rowset> && std::is_nothrow_move_constructible_v<rowset>);

rowset people() {
    return rowset(
        fake_result({{"id", oids::int8, 1, 4711}, {"name", oids::text}, {"Name", oids::jsonb}},
                    {{big_endian(std::int64_t{1}), "Ada", "\1{}"}, {big_endian(std::int64_t{2}), std::nullopt, "\1[]"}}));
}

TEST(rowset, empty_one_has_neither_rows_nor_columns) {
    const rowset none;
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.columns().size(), 0u);
    EXPECT_TRUE(none.begin() == none.end());
    EXPECT_TRUE(none[0][0].as<int>().error() == errc::no_rows);
}

TEST(rowset, describes_its_columns) {
    const rowset rows = people();
    ASSERT_EQ(rows.columns().size(), 3u);
    EXPECT_EQ(rows.columns()[0].name(), "id");
    EXPECT_EQ(rows.columns()[0].type(), oids::int8);
    EXPECT_EQ(rows.columns()[0].type_name(), "int8");
    EXPECT_EQ(rows.columns()[0].table(), 4711u);
    EXPECT_EQ(rows.columns()[1].table(), oids::unspecified);
    std::string names;
    for (const auto column : rows.columns()) {
        names.append(column.name()).append(" ");
    }
    EXPECT_EQ(names, "id name Name ");
    EXPECT_EQ(rows.columns()[3].name(), "");
}

TEST(rowset, values_are_found_by_position_and_exact_name) {
    const rowset rows = people();
    EXPECT_EQ(rows[1]["id"].as<std::int64_t>().value(), 2);
    EXPECT_EQ(rows[1][0].as<std::int32_t>().value(), 2);
    EXPECT_EQ(rows[0]["name"].as<std::string>().value(), "Ada");
    EXPECT_EQ(rows[0]["Name"].as<std::string>().value(), "{}");
    EXPECT_EQ(rows[0][std::string("name")].as<std::string>().value(), "Ada");
}

TEST(rowset, null_goes_into_optional_only) {
    const rowset rows = people();
    EXPECT_TRUE(rows[1]["name"].is_null());
    EXPECT_FALSE(rows[0]["name"].is_null());
    EXPECT_EQ(rows[1]["name"].as<std::optional<std::string>>().value(), std::nullopt);
    EXPECT_EQ(rows[0]["name"].as<std::optional<std::string>>().value(), "Ada");
    const auto failure = rows[1]["name"].as<std::string>().error();
    EXPECT_EQ(failure, errc::unexpected_null);
    EXPECT_NE(failure.message().find("\"name\""), std::string::npos) << failure.message();
}

TEST(rowset, text_is_not_copied) {
    const rowset rows = people();
    const auto name = rows[0]["name"].text().value();
    EXPECT_EQ(name, "Ada");
    EXPECT_EQ(name.data(), rows[0]["name"].text().value().data());
    EXPECT_EQ(rows[1]["Name"].text().value(), "[]") << "without jsonb's version";
    EXPECT_TRUE(rows[1]["name"].text().error() == errc::unexpected_null);
    EXPECT_TRUE(rows[0]["id"].text().error() == errc::type_mismatch);
}

TEST(rowset, bytes_are_not_copied) {
    const rowset rows(fake_result({{"data", oids::bytea}, {"id", oids::int4}}, {{"\1\2", big_endian(1)}}));
    const auto data = rows[0]["data"].bytes().value();
    ASSERT_EQ(data.size(), 2u);
    EXPECT_EQ(data[1], std::byte{2});
    EXPECT_EQ(data.data(), rows[0]["data"].bytes().value().data());
    EXPECT_TRUE(rows[0]["id"].bytes().error() == errc::type_mismatch);
    EXPECT_TRUE(rows[0]["none"].bytes().error() == errc::no_such_column);
    EXPECT_TRUE(people()[1]["name"].bytes().error() == errc::type_mismatch);
}

TEST(rowset, column_that_does_not_exist_is_named) {
    const rowset rows = people();
    const auto by_name = rows[0]["nane"].as<std::string>().error();
    EXPECT_EQ(by_name, errc::no_such_column);
    EXPECT_NE(by_name.message().find("\"nane\""), std::string::npos) << by_name.message();
    EXPECT_TRUE(rows[0][3].as<int>().error() == errc::no_such_column);
    EXPECT_TRUE(rows[0][-1].text().error() == errc::no_such_column);
    EXPECT_TRUE(rows[0][std::size_t{1} << 40].as<int>().error() == errc::no_such_column);
    EXPECT_FALSE(rows[0]["nane"].exists());
    EXPECT_TRUE(rows[0]["nane"].is_null());
}

TEST(rowset, row_that_does_not_exist_is_an_error) {
    const rowset rows = people();
    EXPECT_TRUE(rows[2][0].as<int>().error() == errc::no_rows);
    EXPECT_TRUE(rows[std::size_t{1} << 40]["id"].as<int>().error() == errc::no_rows);
    EXPECT_TRUE((rows[2].as<std::pair<int, int>>().error() == errc::no_rows));
}

TEST(rowset, wrong_type_names_both_types) {
    const auto failure = people()[0]["id"].as<std::string>().error();
    EXPECT_EQ(failure, errc::type_mismatch);
    EXPECT_NE(failure.message().find("int8"), std::string::npos) << failure.message();
    EXPECT_NE(failure.message().find("std::string"), std::string::npos) << failure.message();
}

TEST(rowset, is_a_random_access_range) {
    const rowset rows = people();
    std::vector<std::int64_t> ids;
    for (const auto row : rows) {
        ids.push_back(row["id"].as<std::int64_t>().value());
    }
    EXPECT_EQ(ids, (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(rows.end() - rows.begin(), 2);
    EXPECT_EQ(rows.begin()[1]["id"].as<int>().value(), 2);
    auto last = rows.end();
    EXPECT_EQ((*--last)["id"].as<int>().value(), 2);
    EXPECT_EQ((*(last - 1))["id"].as<int>().value(), 1);
    const auto row = rows[0];
    EXPECT_EQ(std::count_if(row.begin(), row.end(), [](auto field) { return !field.is_null(); }), 3);
}

TEST(rowset, row_can_be_read_as_a_whole) {
    const rowset rows = people();
    using row = std::tuple<std::int64_t, std::optional<std::string>, pgcoro::json>;
    EXPECT_EQ(rows[0].as<row>().value(), row(1, "Ada", pgcoro::json("{}")));
    EXPECT_TRUE(rows[0].as<int>().error() == errc::column_count_mismatch);
}

TEST(rowset, moves_its_result) {
    rowset first = people();
    rowset second = std::move(first);
    EXPECT_EQ(second.size(), 2u);
    EXPECT_TRUE(first.empty()); // NOLINT(bugprone-use-after-move): it is documented to be empty
    second = rowset();
    EXPECT_TRUE(second.empty());
}

} // namespace
