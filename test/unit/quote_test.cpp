// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/sql_scanner.hpp>
#include <pgcoro/quote.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using namespace std::string_view_literals;
using pgcoro::errc;
using pgcoro::quote_identifier;
using pgcoro::quote_literal;

TEST(quote_identifier, doubles_double_quotes) {
    EXPECT_EQ(quote_identifier("users").value(), R"("users")");
    EXPECT_EQ(quote_identifier(R"(a"b ; drop)").value(), R"("a""b ; drop")");
    EXPECT_EQ(quote_identifier("it's \\").value(), R"("it's \")");
    EXPECT_EQ(quote_identifier("gr\xc3\xb6\xc3\x9f"
                               "e")
                  .value(),
              "\"gr\xc3\xb6\xc3\x9f"
              "e\"");
}

TEST(quote_identifier, empty_name_is_no_identifier) { EXPECT_TRUE(quote_identifier("").error() == errc::invalid_text); }

TEST(quote_literal, doubles_quotes) {
    EXPECT_EQ(quote_literal("").value(), "''");
    EXPECT_EQ(quote_literal("it's").value(), "'it''s'");
    EXPECT_EQ(quote_literal(R"(a"b)").value(), R"('a"b')");
}

TEST(quote_literal, with_a_backslash_is_an_escape_string) {
    EXPECT_EQ(quote_literal(R"(C:\)").value(), R"(E'C:\\')");
    EXPECT_EQ(quote_literal(R"(\')").value(), R"(E'\\''')");
}

TEST(quote, nothing_after_the_quoted_text_is_inside_of_it) {
    for (const auto text : {"", "'", "''", "\\", "\\'", "\"", "$1", "/*", "--", "$$", "a\n'"}) {
        const auto found = pgcoro::detail::scan_placeholders("select " + quote_literal(text).value() + ", $1");
        EXPECT_EQ(found.count, 1) << text;
        EXPECT_FALSE(found.unterminated) << text;
        if (*text) {
            EXPECT_EQ(pgcoro::detail::scan_placeholders("select " + quote_identifier(text).value() + ", $1").count, 1) << text;
        }
    }
}

TEST(quote, refuses_nul_and_what_is_not_utf8) {
    for (const auto text : {
             "a\0b"sv,
             "\x80"sv,
             "a\xbf"sv, // stray continuation
             "\xc3"sv,
             "\xe2\x82"sv,
             "\xf0\x9f\x98"sv, // truncated
             "\xc3'"sv,
             "\xe2\x82'"sv,
             "\xf0\x9f'\x80"sv, // a quote instead of a continuation
             "\xc0\xa7"sv,
             "\xc1\xbf"sv,
             "\xe0\x80\xa7"sv, // overlong
             "\xe0\x9f\xbf"sv,
             "\xf0\x80\x80\xa7"sv,
             "\xf0\x8f\xbf\xbf"sv,
             "\xed\xa0\x80"sv,
             "\xed\xbf\xbf"sv, // surrogates
             "\xf4\x90\x80\x80"sv,
             "\xf5\x80\x80\x80"sv,
             "\xff"sv, // above U+10FFFF
         }) {
        EXPECT_TRUE(quote_literal(text).has_error()) << text;
        EXPECT_TRUE(quote_identifier(text).has_error()) << text;
    }
}

TEST(quote, accepts_the_limits_of_utf8) {
    for (const auto text : {"\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv,
                            "\xef\xbf\xbf"sv, "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv}) {
        EXPECT_TRUE(quote_literal(text).has_value()) << text;
    }
}

} // namespace
