// SPDX-License-Identifier: BSL-1.0
// Checks, generated columns and defaults in PostgreSQL's SQL.
#include "mariadb/declared_type.hpp"
#include "mariadb/default_value.hpp"
#include "mariadb/expression_translator.hpp"

#include <gtest/gtest.h>

namespace migrate::mariadb {
namespace {

std::optional<operand> look_up(const std::string& column) {
    using enum value_kind;
    if (column == "n" || column == "m") {
        return operand{number, false};
    }
    if (column == "t\"") {
        return operand{text, false};
    }
    if (column == "ci") {
        return operand{text, true};
    }
    if (column == "b") {
        return operand{boolean, false};
    }
    if (column == "d") {
        return operand{moment, false};
    }
    return std::nullopt;
}

std::string translated(std::string_view sql, value_kind wanted = value_kind::boolean) {
    return translate_expression(sql, wanted, look_up).value_or("none");
}

TEST(mariadb_expression, of_comparisons_is_translated) {
    EXPECT_EQ(translated("`n` > 3 and `m` <> -1.5"), R"((("n" > 3) and ("m" <> -1.5)))");
    EXPECT_EQ(translated("`n` between 1 and 2 or not `m` is null"), R"((("n" between 1 and 2) or (not ("m" is null))))");
    EXPECT_EQ(translated("`d` >= '2020-01-01'"), R"(("d" >= '2020-01-01'))");
    EXPECT_EQ(translated("`n` not in (1,2)"), R"(("n" not in (1, 2)))");
}

TEST(mariadb_expression, quotes_names_and_texts) {
    EXPECT_EQ(translated(R"(`t"` = 'it\'s \\')"), R"(("t""" = E'it''s \\'))");
    EXPECT_EQ(translated(R"(`t"` = _utf8mb4'x')"), R"(("t""" = 'x'))");
}

TEST(mariadb_expression, compares_without_case_where_the_collation_does) {
    EXPECT_EQ(translated("`ci` in ('New','paid')"), R"((lower("ci") in (lower('New'), lower('paid'))))");
}

TEST(mariadb_expression, takes_numbers_for_conditions) {
    EXPECT_EQ(translated("`n` or `b`"), R"((("n" <> 0) or "b"))");
    EXPECT_EQ(translated("`b` = 1"), R"(("b" = true))");
    EXPECT_EQ(translated("`b` in (0,1)"), R"(("b" in (false, true)))");
}

TEST(mariadb_expression, calculates_without_overflow) {
    EXPECT_EQ(translated("`n` * 2 + char_length(`t\"`)", value_kind::number), R"((("n"::numeric * 2) + char_length("t""")))");
}

TEST(mariadb_expression, of_functions_on_text_is_translated) {
    EXPECT_EQ(translated("concat(`t\"`,'x')", value_kind::text), R"(("t""" || 'x'))");
    EXPECT_EQ(translated("length(`t\"`) <= 10"), R"((octet_length("t""") <= 10))");
}

TEST(mariadb_expression, that_could_mean_something_else_is_not_translated) {
    for (const char* sql : {"`n` / 2 > 1", "`t\"` like 'a%'", "`t\"` > 5", "`unknown` = 1", "rand() > 1", "`n` = @x",
                            "`n` > 1e3", "`n` > 0x10", "`n` <=> 1", "`n` >", "(`n` > 1", "`n` > 1)", "regexp_like(`t\"`,'x')",
                            "case `n` when 1 then 1 end = 1", "`n` = 'x'", "'x", "`n", "", "concat(`t\"`,`n`) = 'x'"}) {
        EXPECT_EQ(translated(sql), "none") << sql;
    }
    EXPECT_EQ(translated("`n` > 1", value_kind::number), "none");
}

TEST(mariadb_expression, of_a_generated_column_has_the_same_values_for_all_rows) {
    const auto generated = [](std::string_view sql, value_kind wanted) {
        return translate_expression(sql, wanted, look_up, expression_use::generated).value_or("none");
    };
    EXPECT_EQ(generated("char_length(`t\"`) + `n`", value_kind::number), R"((char_length("t""") + "n"::numeric))");
    EXPECT_EQ(generated("`n` > 1", value_kind::boolean), R"(("n" > 1))");
    for (const char* sql : {"`t\"` = 'x'", "`t\"` between 'a' and 'b'", "`t\"` in ('x')"}) { // spaces at the end do not count
        EXPECT_EQ(generated(sql, value_kind::boolean), "none") << sql;
    }
    EXPECT_EQ(generated("lower(`t\"`)", value_kind::text), "none");
    EXPECT_EQ(generated("length(`t\"`)", value_kind::number), "none");
}

TEST(mariadb_expression, that_is_too_deep_is_not_translated) {
    EXPECT_EQ(translated(std::string(100000, '(')), "none");
    EXPECT_EQ(translated(std::string(100000, '-')), "none");
    std::string negations;
    for (int i = 0; i < 100000; ++i) {
        negations += "not ";
    }
    EXPECT_EQ(translated(negations + "`b`"), "none");
}

std::string default_of(std::string_view text, const std::string& from, const std::string& type,
                       default_style style = default_style::sql, std::string_view extra = "") {
    const auto made = translate_default(text, style, extra, parse_type(from), type);
    return made ? made->postgres : "null";
}

TEST(mariadb_default, that_is_a_literal_is_quoted) {
    EXPECT_EQ(default_of(R"('it''s \\ \n ok')", "varchar(20)", "varchar(20)"), "E'it''s \\\\ \n ok'");
    EXPECT_EQ(default_of("-5", "int(11)", "integer"), "'-5'");
    EXPECT_EQ(default_of("005", "tinyint(3) unsigned zerofill", "smallint"), "'5'");
    EXPECT_EQ(default_of("1", "tinyint(1)", "boolean"), "'t'");
    EXPECT_EQ(default_of("1.5", "float", "real"), "'1.5'");
    EXPECT_EQ(default_of("b'101'", "bit(12)", "bit(12)"), "'000000000101'");
    EXPECT_EQ(default_of("'x,y'", "set('x','y')", "text[]"), "'{x,y}'");
    EXPECT_EQ(default_of("'-100:00:00.00'", "time(2)", "interval(2)"), "'-100:00:00'");
    EXPECT_EQ(default_of(R"('ab\0')", "binary(3)", "bytea"), "E'\\\\x616200'");
}

TEST(mariadb_default, of_null_is_none) { EXPECT_EQ(default_of("NULL", "int(11)", "integer"), "null"); }

TEST(mariadb_default, that_is_the_text_null_is_a_text) { EXPECT_EQ(default_of("'NULL'", "text", "text"), "'NULL'"); }

TEST(mariadb_default, of_the_clock_follows_the_type) {
    EXPECT_EQ(default_of("current_timestamp(3)", "datetime(3)", "timestamp(3)"), "localtimestamp(3)");
    EXPECT_EQ(default_of("current_timestamp()", "timestamp", "timestamp(0) with time zone"), "current_timestamp(0)");
    EXPECT_EQ(default_of("curdate()", "date", "date"), "current_date");
}

TEST(mariadb_default, of_functions_and_sums) {
    EXPECT_EQ(default_of("uuid()", "uuid", "uuid"), "gen_random_uuid()");
    EXPECT_EQ(default_of("nextval(`shop`.`my seq`)", "bigint(20)", "bigint"), R"(nextval('"shop"."my seq"'))");
    EXPECT_EQ(default_of("(1 + 2)", "int(11)", "integer"), "(1 + 2)");
}

TEST(mariadb_default, that_postgres_does_not_have_is_left_out) {
    EXPECT_EQ(default_of("'0000-00-00'", "date", "date"), "");
    EXPECT_EQ(default_of("rand()", "int(11)", "integer"), "");
    EXPECT_EQ(default_of("'?\\0A'", "binary(3)", "bytea"), "");
}

TEST(mariadb_default, of_mysql_stands_without_quotes) {
    EXPECT_EQ(default_of("it's", "varchar(20)", "varchar(20)", default_style::raw), "'it''s'");
    EXPECT_EQ(
        default_of("CURRENT_TIMESTAMP", "timestamp", "timestamp(0) with time zone", default_style::raw, "DEFAULT_GENERATED"),
        "current_timestamp(0)");
    EXPECT_EQ(default_of("b'1'", "bit(1)", "boolean", default_style::raw), "'t'");
}

} // namespace
} // namespace migrate::mariadb
