// SPDX-License-Identifier: BSL-1.0
// What could be lost or changed without a word, from PostgreSQL to PostgreSQL.
#include "program.hpp"

namespace migrate_test {
namespace {

class silent_loss : public program {};

TEST_F(silent_loss, a_partitioned_table_that_is_chosen_comes_with_its_partitions) {
    at_source("create table days (day date, n int) partition by range (day);"
              "create table days_1 partition of days for values from ('2025-01-01') to ('2026-01-01') partition by list (n);"
              "create table days_1_1 partition of days_1 for values in (1);"
              "create table days_2 partition of days for values from ('2026-01-01') to ('2027-01-01');"
              "insert into days values ('2025-05-05', 1), ('2026-05-05', 2); create table other (n int)");

    const auto o = run({"--table", "days"});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(at_target("select tableoid::regclass, n from days order by n; select to_regclass('other') is null"),
              "days_1_1|1\ndays_2|2\nt\n");
}

TEST_F(silent_loss, a_partition_without_its_table_is_listed) {
    at_source("create table days (n int primary key) partition by list (n);"
              "create table days_1 partition of days for values in (1); insert into days values (1);"
              "comment on index days_1_pkey is 'not at the target'; alter index days_1_pkey set (fillfactor = 70);"
              "create table weeks (n int) partition by list (n); create table weeks_1 partition of weeks for values in (1)");

    const auto o = run({"--table", "days_1", "--table", "weeks", "--skip", "weeks"});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_TRUE(o.out_has("table public.days_1: becomes a table on its own, without the keys and indexes of public.days"))
        << o.out;
    EXPECT_TRUE(o.out_has("table public.weeks_1: left out with public.weeks")) << o.out;
    EXPECT_EQ(at_target("select n from days_1"), "1\n");
}

TEST_F(silent_loss, a_generated_column_that_is_left_out_keeps_the_values_of_partitions) {
    at_source("create table whole (n int, twice int generated always as (n * 2) stored) partition by list (n);"
              "create table part partition of whole for values in (1); insert into whole values (1)");

    const auto o = run({"--leave-out", "generated column public.whole.twice"});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(at_target("select n, twice from whole"), "1|2\n");
}

TEST_F(silent_loss, a_column_that_is_generated_in_a_partition_alone_keeps_its_values) {
    if (source->server_version() >= 160000) {
        GTEST_SKIP() << "from PostgreSQL 16 on there is no such column";
    }
    at_source("create table whole (n int, twice int default 5) partition by list (n);"
              "create table part (n int, twice int generated always as (n * 2) stored);"
              "alter table whole attach partition part for values in (1);"
              "create table other partition of whole for values in (2); insert into whole (n) values (1), (2)");

    const auto o = run();

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_TRUE(o.out_has("table public.part, column twice: becomes an ordinary column with the values that are there"))
        << o.out;
    EXPECT_EQ(at_target("select n, twice from whole order by n"), "1|2\n2|5\n");
}

TEST_F(silent_loss, rows_that_violate_a_check_of_a_domain_that_is_not_valid_are_copied) {
    at_source("create domain \"Price\" as int; create table t (p \"Price\"); insert into t values (-1);"
              "alter domain \"Price\" add constraint \"Not Less\" check (value >= 0) not valid; create table other (n int)");

    ASSERT_EQ(run().exit_code, 0);

    EXPECT_EQ(at_target("select p from t; select convalidated from pg_constraint where conname = 'Not Less'"), "-1\nf\n");
    EXPECT_THROW(at_target("insert into t values (-2)"), std::exception);
}

TEST_F(silent_loss, a_check_of_a_domain_that_is_not_valid_can_be_left_out) {
    at_source("create domain price as int; create table t (p price); insert into t values (-1);"
              "alter domain price add constraint not_less check (value >= 0) not valid; create table other (n int)");

    const auto o = run({"--table", "other", "--leave-out", "constraint not_less of domain public.price"});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_TRUE(o.out_has("constraint not_less of domain public.price: left out on request")) << o.out;
    EXPECT_EQ(at_target("select count(*) from pg_constraint where conname = 'not_less'"), "0\n");
}

TEST_F(silent_loss, values_that_another_type_rounds_or_cuts_are_differences) {
    at_source(
        "create table t (id int primary key, price numeric(8, 2), at timestamptz, code text, wide float8, list numeric[]);"
        "insert into t values (1, 1.25, '2026-01-01 10:00+00', '007', 0.1, '{1.25}'), (2, 2, '2026-01-01 00:00+00', '1.50',"
        " 1e300, '{2}'), (3, null, null, null, null, null), (4, 0, '2026-02-02', '2.75', 'NaN', '{}')");

    const auto o = run({"--map", "t.price=numeric(8,1)", "--map", "t.at=date", "--map", "t.code=numeric(4,1)", "--map",
                        "t.wide=numeric", "--map", "t.list=numeric(8,1)[]"});

    EXPECT_EQ(o.exit_code, 3) << o.out << o.err;
    EXPECT_TRUE(o.out_has("column price, values that numeric(8,1) cannot hold: source 1, one is 1.25")) << o.out;
    EXPECT_TRUE(o.out_has("column at, values that date cannot hold: source 1, one is 2026-01-01 10:00:00+00")) << o.out;
    EXPECT_TRUE(o.out_has("column code, values that numeric(4,1) cannot hold: source 1, one is 2.75")) << o.out;
    EXPECT_TRUE(o.out_has("column list, values that numeric(8,1)[] cannot hold: source 1, one is {1.25}")) << o.out;
    EXPECT_FALSE(o.out_has("column wide")) << o.out;
}

// A cast to bit, which is bit(1), would cut both of what is compared.
TEST_F(silent_loss, bits_that_another_type_cuts_are_differences) {
    const std::string bits = std::string(69, '0') + "1"; // of which a name holds 63
    at_source("create table t (id int primary key, bits bit(70), same bit(8)); insert into t values (1, B'" + bits +
              "', B'10110000'), (2, null, null)");

    const auto o = run({"--map", "t.bits=name", "--map", "t.same=varchar(8)"});

    EXPECT_EQ(o.exit_code, 3) << o.out << o.err;
    EXPECT_TRUE(o.out_has("column bits, values that name cannot hold: source 1, one is " + bits)) << o.out;
    EXPECT_FALSE(o.out_has("column same")) << o.out;
}

TEST_F(silent_loss, values_that_another_type_takes_as_they_are_are_equal) {
    at_source(
        "create table t (yes boolean, small int, letters char(5), address inet, document json, id text, span interval,"
        " at timestamptz, big bigint, ratio real, bits varbit(8));"
        "insert into t values (true, 1, 'ab', '10.0.0.1', '{\"b\":  1}', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '1 hour',"
        " '2026-01-01 10:00+02', 9007199254740992, 0.1, B'101');"
        "insert into t default values");

    const auto o = run({"--map", "t.yes=text",      "--map", "t.small=boolean",  "--map", "t.letters=text",
                        "--map", "t.address=text",  "--map", "t.document=jsonb", "--map", "t.id=uuid",
                        "--map", "t.span=time",     "--map", "t.at=timestamp",   "--map", "t.big=double precision",
                        "--map", "t.ratio=numeric", "--map", "t.bits=varbit"});

    EXPECT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(at_target("select * from t where yes is not null"),
              "t|t|ab   |10.0.0.1|{\"b\": 1}|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|01:00:00|2026-01-01 08:00:00|"
              "9.007199254740992e+15|0.1|101\n");
}

TEST_F(silent_loss, a_type_that_would_drop_a_part_of_all_values_is_refused) {
    at_source("create table t (at timestamptz)");

    const auto o = run({"--map", "t.at=time"});

    EXPECT_EQ(o.exit_code, 2);
    EXPECT_TRUE(o.err_has("cannot become time without losing its date")) << o.err;
}

TEST_F(silent_loss, tables_of_very_many_columns_are_compared) {
    std::string columns;
    std::string values;
    for (int i = 1; i <= 1000; ++i) {
        columns += ", c" + std::to_string(i) + " int";
        values += ", " + std::to_string(i);
    }
    at_source("create table t (\"whole row\" int" + columns + "); insert into t values (0" + values +
              "); insert into t values (7)");

    EXPECT_EQ(run().exit_code, 0);
    at_target("update t set c1000 = 5 where c1 is null");
    const auto o = call("validate", source_dsn());

    EXPECT_EQ(o.exit_code, 3) << o.err;
    EXPECT_TRUE(o.out_has("column c1000, sum: source 1000, target 1005")) << o.out;
}

TEST_F(silent_loss, text_of_another_encoding_is_equal) {
    source->run_sql("create database latin encoding 'LATIN1' locale 'C' template template0").value();
    const std::string table = "create table t (name text primary key, n int);"
                              "insert into t values (U&'\\00e4\\00ff', 1), ('plain', 2)";
    source->run_sql(table, "latin").value();

    const auto o = call("run", source->dsn() + " dbname=latin");

    EXPECT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_TRUE(o.out_has("2 rows compared as a whole")) << o.out;
    EXPECT_EQ(at_target("select name = U&'\\00e4\\00ff' from t where n = 1"), "t\n");

    target->run_sql("create database latin encoding 'LATIN1' locale 'C' template template0").value();
    for (const char* command : {"run", "validate"}) {
        const auto again = folder.call(PGCORO_MIGRATE,
                                       {command, source->dsn() + " dbname=latin", "--target", target->dsn() + " dbname=latin"});
        EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
    }
}

} // namespace
} // namespace migrate_test
