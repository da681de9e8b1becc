// SPDX-License-Identifier: BSL-1.0
// Values that PostgreSQL does not have.
#include "migrated.hpp"

namespace migrate::test {
namespace {

class mariadb_bad_values : public mariadb_test {};

source_options with_null() {
    source_options how;
    how.on_bad_values = bad_values::null;
    return how;
}

TEST_F(mariadb_bad_values, zero_dates_become_null_where_that_is_allowed) {
    source_sql(R"(create table t (id int primary key, d date, dt datetime, ts timestamp null);
insert into t values (1, '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00'),
                     (2, '2024-00-10', '2024-10-00 01:02:03', null);
)");

    const auto m = migrate_all();

    EXPECT_EQ(target_sql("select * from shop.t order by id"), "1|||\n2|||");
    const auto& replaced = m->of("shop.t").replaced;
    ASSERT_EQ(replaced.size(), 3U);
    EXPECT_EQ(replaced[0].column, "d");
    EXPECT_EQ(replaced[0].count, 2U);
    EXPECT_EQ(replaced[0].first, "id = 1: the value \"0000-00-00\" is not a date");
}

TEST_F(mariadb_bad_values, zero_dates_are_an_error_where_the_column_is_not_null) {
    source_sql(R"(create table t (a int, b varchar(5), d date not null, primary key (a, b));
insert into t values (1, 'x', '2024-01-01'), (2, 'y', '0000-00-00');
)");

    EXPECT_EQ(failure_of(), "table shop.t: column d, a = 2, b = y: the value \"0000-00-00\" is not a date (the column is not "
                            "null: see the option zero-dates of the source's URL)");
}

TEST_F(mariadb_bad_values, zero_dates_become_null_everywhere_if_that_is_wanted) {
    source_sql(R"(create table t (id int primary key, d date not null);
insert into t values (1, '0000-00-00'), (2, '2024-01-01');
)");

    migrate_all("&zero-dates=drop-not-null");

    EXPECT_EQ(target_sql("select * from shop.t order by id"), "1|\n2|2024-01-01");
}

TEST_F(mariadb_bad_values, zero_dates_are_an_error_everywhere_if_that_is_wanted) {
    source_sql(R"(create table t (d date);
insert into t values ('2024-01-01'), ('0000-00-00');
)");

    EXPECT_EQ(failure_of("&zero-dates=error"), "table shop.t: column d, row 2: the value \"0000-00-00\" is not a date (see the "
                                               "option zero-dates of the source's URL)");
}

TEST_F(mariadb_bad_values, days_that_the_calendar_does_not_have_are_zero_dates) {
    source_sql(R"(set sql_mode = 'ALLOW_INVALID_DATES';
create table t (id int primary key, d date);
insert into t values (1, '2023-02-31');
)");

    migrate_all();

    EXPECT_EQ(target_sql("select * from shop.t"), "1|");
}

TEST_F(mariadb_bad_values, other_numbers_than_0_and_1_are_no_booleans) {
    source_sql(R"(create table t (id int primary key, flag tinyint(1));
insert into t values (1, 1), (7, 2);
)");

    EXPECT_EQ(failure_of(),
              "table shop.t: column flag, id = 7: the value \"2\" is neither 0 nor 1, so it cannot become a boolean");

    const auto m = migrate_all("", {}, with_null());
    EXPECT_EQ(target_sql("select * from shop.t order by id"), "1|t\n7|");
    EXPECT_EQ(m->of("shop.t").replaced.at(0).count, 1U);
}

TEST_F(mariadb_bad_values, numbers_that_a_double_rounds_are_errors_or_null) {
    source_sql(R"(create table t (id int primary key, n bigint, d decimal(20,4), f double);
insert into t values (1, 9007199254740992, 0.1, 0.1), (2, 9007199254740993, 1234567890123456.7891, 1e300);
)");
    mapping_rules rules;
    rules.columns = {{"t.n", "double precision"}, {"t.d", "double precision"}};

    EXPECT_EQ(failure_of("", rules), "table shop.t: column n, id = 2: the value \"9007199254740993\" is not exact in double "
                                     "precision");

    const auto m = migrate_all("", rules, with_null());
    EXPECT_EQ(target_sql("select * from shop.t order by id"), "1|9.007199254740992e+15|0.1|0.1\n2|||1e+300");
    EXPECT_EQ(m->of("shop.t").replaced.size(), 2U);
}

TEST_F(mariadb_bad_values, what_was_no_label_of_an_enum_is_an_error) {
    source_sql(R"(create table t (id int primary key, e enum('a','b') not null);
insert into t values (1, 'c');
)");

    EXPECT_EQ(failure_of("", {}, with_null()),
              "table shop.t: column e, id = 1: the value \"\" is not one of the type's labels");
}

TEST_F(mariadb_bad_values, bytes_that_are_not_utf8_are_an_error_or_replaced) {
    source_sql(R"(create table t (id int primary key, x varchar(10) character set ascii);
insert into t values (1, x'41ff42');
)");

    EXPECT_EQ(failure_of(), "table shop.t: column x, id = 1: the value \"A\xef\xbf\xbd"
                            "B\" is not valid UTF-8");

    migrate_all("&invalid-text=replace");
    EXPECT_EQ(target_sql("select x from shop.t"), "A\xef\xbf\xbd"
                                                  "B");
}

TEST_F(mariadb_bad_values, bytes_that_mariadb_cannot_convert_are_an_error_or_question_marks) {
    source_sql(R"(create table t (id int primary key, x varchar(10) character set cp1251, y varchar(10) character set cp1251);
insert into t values (1, '?', 'why?'), (2, '?', x'4198');
)");

    EXPECT_EQ(failure_of(),
              "table shop.t: column y, id = 2: the value \"A?\" has bytes that are no characters of its character "
              "set");

    migrate_all("&invalid-text=replace");
    EXPECT_EQ(target_sql("select x, y from shop.t order by id"), "?|why?\n?|A?");
}

TEST_F(mariadb_bad_values, nul_characters_are_an_error_or_replaced) {
    source_sql(R"(create table t (id int primary key, x text);
insert into t values (1, 'a\0b');
)");

    EXPECT_EQ(failure_of(),
              "table shop.t: column x, id = 1: the value \"a b\" has a NUL character, which PostgreSQL's text cannot "
              "hold");

    migrate_all("&invalid-text=replace");
    EXPECT_EQ(target_sql("select x from shop.t"), "a\xef\xbf\xbd"
                                                  "b");
}

TEST_F(mariadb_bad_values, json_with_a_nul_character_is_an_error) {
    source_sql(R"(create table t (id int primary key, j json);
insert into t values (1, '"\\u0000"');
)");

    EXPECT_EQ(failure_of(), "table shop.t: column j, id = 1: the value \"\"\\u0000\"\" cannot become jsonb: a NUL character");
}

TEST_F(mariadb_bad_values, times_of_more_than_a_day_are_no_times_of_day) {
    source_sql(R"(create table t (id int primary key, x time);
insert into t values (1, '24:00:00');
)");
    mapping_rules rules;
    rules.columns = {{"t.x", "time"}};

    EXPECT_EQ(failure_of("", rules), "table shop.t: column x, id = 1: the value \"24:00:00\" is not a time of day");
}

} // namespace
} // namespace migrate::test
