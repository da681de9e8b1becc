// SPDX-License-Identifier: BSL-1.0
// What is read from the text of SQLite's CREATE statements.
#include "sqlite/created_sql.hpp"
#include "sqlite/expression_translator.hpp"

#include <gtest/gtest.h>

namespace migrate::sqlite {
namespace {

TEST(created_sql, finds_checks_and_generated_columns) {
    const auto t = read_create_table(R"(CREATE TABLE "a(b" ( -- CHECK (no)
        id integer primary key, /* CHECK (no) */
        [n m] int check ("n m" > 0) default (abs(-1)),
        total GENERATED ALWAYS AS (id * 2) VIRTUAL,
        text varchar(10) default 'CHECK (no)',
        CONSTRAINT "odd one" CHECK (id <> 3 and (id > 0))
    ))");

    ASSERT_EQ(t.checks.size(), 2u);
    EXPECT_EQ(t.checks[0].name, "");
    EXPECT_EQ(t.checks[0].condition, "\"n m\" > 0");
    EXPECT_EQ(t.checks[1].name, "odd one");
    EXPECT_EQ(t.checks[1].condition, "id <> 3 and (id > 0)");
    EXPECT_EQ(t.generated.at("total"), "id * 2");
}

TEST(created_sql, what_is_not_understood_gives_nothing) {
    EXPECT_TRUE(read_create_table("create table t (a int check (a > 0").checks.empty());
    EXPECT_TRUE(read_create_table("create table 'x").checks.empty());
    EXPECT_TRUE(read_create_index("").parts.empty());
}

TEST(created_sql, finds_the_parts_of_an_index) {
    const auto i = read_create_index("CREATE INDEX i ON t (lower(a), b COLLATE NOCASE DESC, c asc) WHERE c IN (1, 2)");
    EXPECT_EQ(i.parts, (std::vector<std::string>{"lower(a)", "b", "c"}));
    EXPECT_EQ(i.predicate, "c IN (1, 2)");
}

std::string translated(std::string_view sql) { return translate(sql, {"a", "B c"}).postgres; }

TEST(expressions, that_mean_the_same_are_translated) {
    EXPECT_EQ(translated("A == 1 AND \"b c\" <> 'it''s'"), "\"a\" = 1 and \"B c\" <> 'it''s'");
    EXPECT_EQ(translated("length([b c]) between 1 and 2.5"), "length ( \"B c\" ) between 1 and 2.5");
}

TEST(expressions, that_differ_are_left_out) {
    EXPECT_EQ(translated("a like 'x'"), ""); // knows no case
    EXPECT_EQ(translated("a / 2 > 1"), "");  // by 0 it is NULL
    EXPECT_EQ(translated("strftime('%s', a) > 1"), "");
    EXPECT_EQ(translated("unknown = 1"), "");
    EXPECT_EQ(translated("a = 0x10"), "");
    EXPECT_EQ(translated("a collate nocase = 'x'"), "");
    EXPECT_EQ(translated("a = \"no column\""), "");
    EXPECT_EQ(translated("a = 'x"), "");
}

TEST(expressions, of_defaults_depend_on_the_type) {
    EXPECT_EQ(translate_default("CURRENT_TIMESTAMP", "DATETIME").postgres, "(now() at time zone 'UTC')");
    EXPECT_EQ(translate_default("CURRENT_TIMESTAMP", "TEXT").postgres, "");
    EXPECT_EQ(translate_default("1", "BOOLEAN").postgres, "true");
    EXPECT_EQ(translate_default("-5", "INT").postgres, "'-5'");
    EXPECT_EQ(translate_default("'x'", "TEXT").postgres, "'x'");
    EXPECT_EQ(translate_default("x'00'", "BLOB").postgres, "");
    EXPECT_EQ(translate_default("random()", "INT").postgres, "");
}

TEST(expressions, of_defaults_must_fit_the_type_as_they_are) {
    EXPECT_EQ(translate_default("'abc'", "INT").postgres, "");
    EXPECT_EQ(translate_default("1.5", "INT").postgres, "");
    EXPECT_EQ(translate_default("1.5", "DECIMAL").postgres, "'1.5'");
    EXPECT_EQ(translate_default("7", "TEXT").postgres, "'7'");
    EXPECT_EQ(translate_default("7.0", "TEXT").postgres, ""); // which SQLite writes in its own way
    EXPECT_EQ(translate_default("'2026-02-30'", "DATE").postgres, "");
}

TEST(expressions, of_generated_columns_have_the_same_values_for_all_rows) {
    const auto generated = [](std::string_view sql, std::string_view type) {
        return translate_generated(sql, type, {{"n", "bigint"}, {"t", "text"}, {"d", "numeric"}, {"f", "double precision"}})
            .postgres;
    };
    EXPECT_EQ(generated("abs(n) * 2 + 1", "INT"), "abs ( \"n\" ) * 2 + 1");
    EXPECT_EQ(generated("coalesce(t, 'x') || '!'", "TEXT"), "coalesce ( \"t\" , 'x' ) || '!'");
    EXPECT_EQ(generated("lower(t)", "TEXT"), ""); // of ASCII only
    EXPECT_EQ(generated("length(t)", "INT"), "");
    EXPECT_EQ(generated("n > 0", "INT"), ""); // a number
    EXPECT_EQ(generated("n || t", "TEXT"), "");
    EXPECT_EQ(generated("d + 1", "INT"), "");
    EXPECT_EQ(generated("d + d", "NUMERIC"), ""); // SQLite computes with floating point numbers
    EXPECT_EQ(generated("f * f", "REAL"), "\"f\" * \"f\"");
    EXPECT_EQ(generated("f + n", "REAL"), "");
    EXPECT_EQ(generated("f + 0.1 * 3", "REAL"), "");
    EXPECT_EQ(generated("n * 1.5", "INT"), "");
}

} // namespace
} // namespace migrate::sqlite
