// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/parameters.hpp>
#include <pgcoro/sql.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/text.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace {

using pgcoro::detail::statement_text;

// As the query functions are declared.
template <class... Args>
statement_text text_of(pgcoro::sql<Args...> statement, Args&&...) {
    return statement;
}

TEST(sql, literal_becomes_static_text) {
    static constexpr char literal[] = "select $1, $2";
    const std::string argument;
    const auto text = text_of(literal, 1, argument);
    EXPECT_EQ(text.view(), "select $1, $2");
    EXPECT_EQ(text.data(), static_cast<const char*>(literal));
    EXPECT_TRUE(text.is_static());
    EXPECT_EQ(text.placeholder_count(), 2);
    EXPECT_EQ(text.check(), pgcoro::errc{});
}

TEST(sql, dynamic_list_leaves_the_count_to_run_time) {
    pgcoro::parameters values;
    EXPECT_EQ(text_of("select $1, $2, $3", values).placeholder_count(), 3);
    EXPECT_EQ(text_of("select 1", std::move(values)).placeholder_count(), 0);
}

TEST(unchecked_sql, owns_its_text) {
    statement_text text = pgcoro::unchecked_sql("select $1");
    statement_text moved = std::move(text);
    EXPECT_EQ(moved.view(), "select $1");
    EXPECT_FALSE(moved.is_static());
    EXPECT_EQ(moved.placeholder_count(), statement_text::unknown);
    EXPECT_EQ(moved.check(), pgcoro::errc{});
}

TEST(unchecked_sql, nul_character_is_invalid_text) {
    const statement_text text = pgcoro::unchecked_sql(std::string("select 1\0; drop table t", 23));
    EXPECT_EQ(text.check(), pgcoro::errc::invalid_text);
}

} // namespace
