// SPDX-License-Identifier: BSL-1.0
// What becomes of SQLite's loosely typed values.
#include "sqlite/loose_values.hpp"
#include "sqlite/sqlite_types.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace migrate::sqlite {
namespace {

loose_value integer(std::int64_t n) {
    loose_value v;
    v.is = loose_value::storage::integer;
    v.integer = n;
    return v;
}

loose_value real(double d) {
    loose_value v;
    v.is = loose_value::storage::real;
    v.real = d;
    return v;
}

loose_value text(std::string_view t) {
    loose_value v;
    v.is = loose_value::storage::text;
    v.bytes = t;
    return v;
}

loose_value blob(std::string_view b) {
    loose_value v = text(b);
    v.is = loose_value::storage::blob;
    return v;
}

/// What COPY gets, or "!" and why the value is bad.
std::string copied(const std::string& type, const loose_value& v) {
    table_plan plan;
    plan.columns.emplace_back();
    row_encoder out(plan);
    const std::string problem = value_rule::for_type(type).append(v, out);
    if (!problem.empty()) {
        EXPECT_EQ(out.take_bytes(), "");
        return "!" + problem;
    }
    out.end_row();
    std::string bytes = out.take_bytes();
    bytes.pop_back();
    return bytes;
}

TEST(loose_values, null_is_null_of_every_type) {
    EXPECT_EQ(copied("bigint", {}), "\\N");
    EXPECT_EQ(copied("jsonb", {}), "\\N");
}

TEST(loose_values, integers_take_whole_numbers_alone) {
    EXPECT_EQ(copied("bigint", integer(INT64_MIN)), "-9223372036854775808");
    EXPECT_EQ(copied("bigint", text("42")), "42");
    EXPECT_EQ(copied("bigint", real(3.0)), "3");
    EXPECT_EQ(copied("bigint", text("abc")), "!the text \"abc\" is not an integer");
    EXPECT_EQ(copied("bigint", text("1x")), "!the text \"1x\" is not an integer");
    EXPECT_EQ(copied("bigint", text("")), "!the text \"\" is not an integer");
    EXPECT_EQ(copied("bigint", real(1.5)), "!the number 1.5 is not an integer");
    EXPECT_EQ(copied("bigint", blob("12")), "!a blob of 2 bytes is not an integer");
    EXPECT_EQ(copied("smallint", integer(32768)), "!the integer 32768 is not within the limits of the type");
    EXPECT_EQ(copied("int4", integer(-2147483648)), "-2147483648");
}

TEST(loose_values, booleans_are_0_and_1) {
    EXPECT_EQ(copied("boolean", integer(1)), "true");
    EXPECT_EQ(copied("boolean", text("FALSE")), "false");
    EXPECT_EQ(copied("boolean", integer(2)), "!the integer 2 is not true or false");
}

TEST(loose_values, floating_point_numbers_keep_all_digits) {
    EXPECT_EQ(copied("double precision", real(0.1)), "0.1");
    EXPECT_EQ(copied("double precision", real(-HUGE_VAL)), "-Infinity");
    EXPECT_EQ(copied("double precision", integer(7)), "7");
    EXPECT_EQ(copied("double precision", integer((std::int64_t{1} << 53) + 1)).front(), '!');
    EXPECT_EQ(copied("real", real(1.5)), "1.5");
    EXPECT_EQ(copied("real", real(0.1)), "!the number 0.1 is not exact as a real");
}

TEST(loose_values, decimal_numbers_are_not_rounded) {
    EXPECT_EQ(copied("numeric", real(0.1)), "0.1");
    EXPECT_EQ(copied("numeric", real(1e22)), "10000000000000000000000");
    EXPECT_EQ(copied("numeric", text("+007.50")), "7.50");
    EXPECT_EQ(copied("numeric(5,2)", text("123.4")), "123.40");
    EXPECT_EQ(copied("numeric(5,2)", real(-0.0)), "0.00");
    EXPECT_EQ(copied("numeric(5,2)", text("1.005")).front(), '!');
    EXPECT_EQ(copied("numeric(5,2)", integer(1000)).front(), '!');
    EXPECT_EQ(copied("numeric", text("1e5")).front(), '!');
    EXPECT_EQ(copied("numeric", real(HUGE_VAL)).front(), '!');
    EXPECT_EQ(copied("numeric", text(".")).front(), '!');
}

TEST(loose_values, text_takes_numbers_and_refuses_what_is_no_text) {
    EXPECT_EQ(copied("text", text("a\tb")), "a\\tb");
    EXPECT_EQ(copied("text", integer(5)), "5");
    EXPECT_EQ(copied("text", real(2.5)), "2.5");
    EXPECT_EQ(copied("text", text(std::string_view("a\0b", 3))).front(), '!');
    EXPECT_EQ(copied("text", text("\xFF")), "!the text \"\xEF\xBF\xBD\" is not UTF-8 without NUL characters");
    EXPECT_EQ(copied("text", blob("abc")), "!a blob of 3 bytes is not text");
    EXPECT_EQ(copied("varchar(3)", text("\xC3\xA4\xC3\xB6\xC3\xBC")), "\xC3\xA4\xC3\xB6\xC3\xBC");
    EXPECT_EQ(copied("varchar(3)", text("abcd")).front(), '!');
}

TEST(loose_values, blobs_and_texts_are_bytes) {
    EXPECT_EQ(copied("bytea", blob(std::string_view("\0\xFF", 2))), "\\\\x00ff");
    EXPECT_EQ(copied("bytea", text("ab")), "\\\\x6162");
    EXPECT_EQ(copied("bytea", integer(1)).front(), '!');
}

TEST(loose_values, dates_and_times_are_those_of_iso_8601) {
    EXPECT_EQ(copied("date", text("2024-02-29")), "2024-02-29");
    EXPECT_EQ(copied("date", text("2026-02-29")), "!the text \"2026-02-29\" is not a date like 2026-11-29");
    EXPECT_EQ(copied("date", integer(20261129)).front(), '!');
    EXPECT_EQ(copied("timestamp", text("2026-11-29T08:00:00.500000")), "2026-11-29 08:00:00.5");
    EXPECT_EQ(copied("timestamp", text("2026-11-29 08:00")), "2026-11-29 08:00:00");
    EXPECT_EQ(copied("timestamp", text("2026-11-29")), "2026-11-29 00:00:00");
    EXPECT_EQ(copied("timestamp", text("2026-11-29 08:00:00Z")).front(), '!');
    EXPECT_EQ(copied("timestamp", text("2026-11-29 24:00:00")).front(), '!');
    EXPECT_EQ(copied("timestamp", text("2026-11-29 08:00:00.1234567")).front(), '!');
    EXPECT_EQ(copied("timestamp", text("2026-11-29 08:0a:00")).front(), '!');
    EXPECT_EQ(copied("timestamptz", text("2026-11-29 01:00:00+02:30")), "2026-11-28 22:30:00+00");
    EXPECT_EQ(copied("timestamptz", text("2026-11-29 01:00:00")), "2026-11-29 01:00:00+00");
    EXPECT_EQ(copied("timestamptz", text("0001-01-01 00:00:00+02:00")).front(), '!');
    EXPECT_EQ(copied("time", text("08:15")), "08:15:00");
    EXPECT_EQ(copied("time", text("8:15")).front(), '!');
}

TEST(loose_values, uuids_and_json_are_checked) {
    EXPECT_EQ(copied("uuid", text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11")), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    EXPECT_EQ(copied("uuid", text("a0eebc999c0b4ef8bb6d6bb9bd380a11")).front(), '!');
    EXPECT_EQ(copied("json", text("{\"a\": [1]}")), "{\"a\": [1]}");
    EXPECT_EQ(copied("json", text("{a}")).front(), '!');
}

TEST(sqlite_types, follow_names_and_then_affinity) {
    EXPECT_EQ(postgres_type("INTEGER"), "bigint");
    EXPECT_EQ(postgres_type("UNSIGNED BIG INT"), "bigint");
    EXPECT_EQ(postgres_type("VARCHAR(255)"), "text");
    EXPECT_EQ(postgres_type("DOUBLE PRECISION"), "double precision");
    EXPECT_EQ(postgres_type("DECIMAL(10,5)"), "numeric");
    EXPECT_EQ(postgres_type("Boolean"), "boolean");
    EXPECT_EQ(postgres_type("DATETIME"), "timestamp");
    EXPECT_EQ(postgres_type(""), "text");
    EXPECT_EQ(postgres_type("BLOB"), "bytea");
}

TEST(sqlite_types, of_a_wanted_type_that_is_not_known_only_values_are_counted) {
    EXPECT_EQ(map_type("TEXT", "inet").value().canonical, canonical_form::none);
    EXPECT_EQ(map_type("TEXT", "timestamp(0)").value().canonical, canonical_form::none); // the server rounds
    EXPECT_TRUE(map_type("INT", "integer").value().is_number);
}

} // namespace
} // namespace migrate::sqlite
