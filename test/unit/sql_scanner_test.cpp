// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/sql_scanner.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using pgcoro::detail::scan_placeholders;

int count(std::string_view text) {
    const auto found = scan_placeholders(text);
    EXPECT_EQ(found.missing, 0) << text;
    EXPECT_FALSE(found.unterminated) << text;
    return found.count;
}

TEST(sql_scanner, counts_the_highest_placeholder) {
    EXPECT_EQ(count("select 1"), 0);
    EXPECT_EQ(count("select $1"), 1);
    EXPECT_EQ(count("select $2, $1, $2"), 2);
    EXPECT_EQ(count("select $1::int+$2-$3||$4"), 4);
    EXPECT_EQ(count("$1$2"), 2);
    EXPECT_EQ(count("($1)"), 1);
    EXPECT_EQ(count(""), 0);
}

TEST(sql_scanner, finds_the_lowest_missing_number) {
    EXPECT_EQ(scan_placeholders("select $1, $3").missing, 2);
    EXPECT_EQ(scan_placeholders("select $2").missing, 1);
    EXPECT_EQ(scan_placeholders("select $1, $2").missing, 0);
}

TEST(sql_scanner, counts_more_placeholders_than_one_pass_notes) {
    std::string text = "select $1";
    for (int n = 2; n <= 300; ++n) {
        text += ", $" + std::to_string(n);
    }
    EXPECT_EQ(count(text), 300);
    const auto at = text.find("$130,");
    text.replace(at, 5, "$129,");
    EXPECT_EQ(scan_placeholders(text).missing, 130);
}

TEST(sql_scanner, strings_hold_no_placeholders) {
    EXPECT_EQ(count("select '$1'"), 0);
    EXPECT_EQ(count("select 'it''s $1', $1"), 1);
    EXPECT_EQ(count(R"(select 'a\', $1)"), 1) << "a backslash is an ordinary character";
    EXPECT_EQ(count("select U&'$1', N'$1', B'$1'"), 0);
    EXPECT_EQ(count("select '--', $1"), 1);
    EXPECT_EQ(count("select '/*', $1"), 1);
}

TEST(sql_scanner, escape_strings_end_at_a_quote_without_backslash) {
    EXPECT_EQ(count(R"(select E'a\'$1', $1)"), 1);
    EXPECT_EQ(count(R"(select e'a\\', $1)"), 1);
    EXPECT_EQ(count(R"(select E'a''$1\'$1', $1)"), 1);
    EXPECT_EQ(count(R"(select E'\'')"), 0);
    EXPECT_EQ(count(R"(select type'a\', $1)"), 1) << "the e is a name's last character";
    EXPECT_EQ(count("select e, $1"), 1);
}

TEST(sql_scanner, a_string_may_go_on_in_the_next_line) {
    EXPECT_EQ(count("select E'a'\n  '\\'$1', $1"), 1);
    EXPECT_EQ(count("select E'a' -- why\n '\\'$1', $1"), 1);
    EXPECT_EQ(count("select E'a'  '\\', $1"), 1) << "without a line break it is another string, where \\ is ordinary";
}

TEST(sql_scanner, names_hold_no_placeholders) {
    EXPECT_EQ(count(R"(select "$1")"), 0);
    EXPECT_EQ(count(R"(select "a""$1", $1)"), 1);
    EXPECT_EQ(count("select a$1, _$1, \xc3\xa4$1"), 0);
    EXPECT_EQ(count("select a $1"), 1);
    EXPECT_EQ(count("select 1$1"), 1) << "a number ends at the dollar";
}

TEST(sql_scanner, dollar_quotes_hold_no_placeholders) {
    EXPECT_EQ(count("do $$ begin raise '$1'; end $$"), 0);
    EXPECT_EQ(count("select $a$ $1 $b$ $$ $a$, $1"), 1);
    EXPECT_EQ(count("select $a1$ $1 $a1$, $1"), 1);
    EXPECT_EQ(count("select $$ $1$$, $1"), 1);
    EXPECT_EQ(count("select $a$ $1 $b$a$, $1"), 1) << "a dollar may end one tag and start the next";
    EXPECT_EQ(count("select a$$, $1"), 1) << "a name may hold dollars";
    EXPECT_EQ(count("select $, $1"), 1);
}

TEST(sql_scanner, comments_hold_no_placeholders) {
    EXPECT_EQ(count("select 1 -- $1"), 0);
    EXPECT_EQ(count("select 1 -- it's\n, $1"), 1);
    EXPECT_EQ(count("select 1 -- it's\r, $1"), 1);
    EXPECT_EQ(count("select /* $1 */ $1"), 1);
    EXPECT_EQ(count("select /* /* $1 */ $2 */ $1"), 1);
    EXPECT_EQ(count("select /* ' */ $1"), 1);
    EXPECT_EQ(count("select 1 /*/ $1 */"), 0) << "/*/ starts a comment and does not end it";
    EXPECT_EQ(count("select 4 / $1 - $2 * $3"), 3);
}

TEST(sql_scanner, what_does_not_end_is_reported) {
    EXPECT_TRUE(scan_placeholders("select 'a").unterminated);
    EXPECT_TRUE(scan_placeholders("select \"a").unterminated);
    EXPECT_TRUE(scan_placeholders("select E'a\\'").unterminated);
    EXPECT_TRUE(scan_placeholders("select E'a\\").unterminated);
    EXPECT_TRUE(scan_placeholders("select $a$ $b$").unterminated);
    EXPECT_TRUE(scan_placeholders("select /* /* */").unterminated);
    EXPECT_TRUE(scan_placeholders("select /*").unterminated);
    EXPECT_FALSE(scan_placeholders("select --").unterminated);
}

TEST(sql_scanner, numbers_out_of_range_are_reported) {
    EXPECT_TRUE(scan_placeholders("select $0").zero);
    EXPECT_EQ(scan_placeholders("select $99999999999999999999").count, pgcoro::detail::sql_scanner::too_high);
    EXPECT_EQ(scan_placeholders("select $65536").count, pgcoro::detail::sql_scanner::too_high);
    EXPECT_EQ(scan_placeholders("select $65535").count, 65535);
}

TEST(sql_scanner, finds_the_placeholders_of_other_libraries) {
    using pgcoro::detail::foreign_placeholder;
    EXPECT_EQ(foreign_placeholder("select * from t where id = ?"), '?');
    EXPECT_EQ(foreign_placeholder("select %s"), '%');
    EXPECT_EQ(foreign_placeholder("select '%s', ':a', \"?\" -- ok\n, :name"), ':');
    EXPECT_EQ(foreign_placeholder("select a::text, b[1:2], c % 2, 'x?', $$:y$$ /* ? */"), '\0');
}

} // namespace
