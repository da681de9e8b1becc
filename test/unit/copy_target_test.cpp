// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/copy_statement.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using pgcoro::copy_target;
using pgcoro::errc;
using pgcoro::detail::copy_in_statement;
using pgcoro::detail::copy_out_statement;
using pgcoro::detail::describe_statement;

TEST(copy_target, makes_both_statements) {
    const copy_target target("app.users", {"id", "full name"});
    EXPECT_EQ(copy_in_statement(target).value(), R"(copy "app"."users" ("id", "full name") from stdin (format binary))");
    EXPECT_EQ(describe_statement(target).value(), R"(select "id", "full name" from "app"."users" limit 0)");
}

TEST(copy_target, no_columns_are_all_columns) {
    EXPECT_EQ(copy_in_statement("users").value(), R"(copy "users" from stdin (format binary))");
    EXPECT_EQ(describe_statement("users").value(), R"(select * from "users" limit 0)");
    EXPECT_EQ(copy_in_statement({"users", std::vector<std::string>()}).value(), R"(copy "users" from stdin (format binary))");
}

TEST(copy_target, names_are_taken_as_they_are_written) {
    EXPECT_EQ(describe_statement("App.Users").value(), R"(select * from "App"."Users" limit 0)");
    EXPECT_EQ(describe_statement({"t; drop table t", {"a\"b", "\"c\""}}).value(),
              R"(select "a""b", """c""" from "t; drop table t" limit 0)");
    EXPECT_EQ(describe_statement("a\"b").value(), R"(select * from "a""b" limit 0)");
}

TEST(copy_target, dots_in_quotes_do_not_separate) {
    EXPECT_EQ(describe_statement(R"(app."audit.2026")").value(), R"(select * from "app"."audit.2026" limit 0)");
    EXPECT_EQ(describe_statement(R"("a.""b"."c")").value(), R"(select * from "a.""b"."c" limit 0)");
    EXPECT_EQ(describe_statement("db.app.users").value(), R"(select * from "db"."app"."users" limit 0)");
}

TEST(copy_target, names_that_no_table_or_column_has_are_refused) {
    for (const std::string table : {"", ".", "app.", ".users", "a..b", "\"\"", "\"open", "\"a\"b", "\"", "\xff"}) {
        EXPECT_TRUE(copy_in_statement(table).error() == errc::invalid_text) << table;
        EXPECT_TRUE(describe_statement(table).error() == errc::invalid_text) << table;
    }
    EXPECT_TRUE(copy_in_statement(std::string("a\0b", 3)).error() == errc::invalid_text);
    const auto column = copy_in_statement({"users", {"id", ""}});
    EXPECT_TRUE(column.error() == errc::invalid_text);
    EXPECT_EQ(column.error().message(), "the name of column 2 to copy is empty");
}

TEST(copy_target, query_may_end_with_a_comment) {
    EXPECT_EQ(copy_out_statement("select 1 -- one"),
              "select * from (select 1 -- one\n) pgcoro_query limit 0; copy (select 1 -- one\n) to stdout (format binary)");
    EXPECT_EQ(copy_out_statement("table t; "),
              "select * from (table t\n) pgcoro_query limit 0; copy (table t\n) to stdout (format binary)");
}

} // namespace
