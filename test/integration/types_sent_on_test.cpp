// SPDX-License-Identifier: BSL-1.0
// Fields of a rowset as parameters, to the server they came from and to another database, where users' types have other
// numbers. The judge is the server: what it prints before and after.
#include "types_text_only_fixture.hpp"

#include <pgcoro/copy_rows.hpp>
#include <pgcoro/dynamic_row.hpp>

#include <string>
#include <tuple>
#include <vector>

namespace {

using pgcoro::errc;
using pgcoro::parameters;
using pgcoro::sqlstate;
using pgcoro::unchecked_sql;

class types_sent_on : public pgcoro::test::text_only {
protected:
    /// The value of an expression is sent back, and printed and named as it was.
    void expect_sent(const std::string& expression) {
        const auto rows = fetch("select x, x::text, pg_typeof(x)::text from (select " + expression + ") s (x)");
        const auto row = rows[0];
        EXPECT_EQ(printed(row[0]), row[1].as<std::string>().value()) << expression;
        EXPECT_EQ(type_of(row[0]), row[2].as<std::string>().value()) << expression;
    }

    void create_types(const std::string& more = "") {
        run_all("create schema shop");
        run_all("create type shop.\"Mood\" as enum ('sad', 'fine')");
        run_all("create domain shop.positive as int check (value > 0)");
        run_all("create type shop.item as (name text, price shop.positive, moods shop.\"Mood\"[]" + more + ")");
        run_all("create type shop.items as (first shop.item, others shop.item[])");
        run_all("create type shop.mood_range as range (subtype = shop.\"Mood\")");
        run_all("create type shop.item_range as range (subtype = shop.item)");
    }
    void TearDown() override {
        if (connection_.is_open()) {
            run_all("drop schema if exists shop cascade");
        }
    }

    /// Another database of the same server, as the only one of a test.
    pgcoro::connection connect_elsewhere() {
        static int count = 0;
        const std::string name = "elsewhere_" + std::to_string(++count);
        run_all("create database " + name);
        const std::string where = pgcoro::test::shared_server().dsn() + " dbname=" + name;
        return run(pgcoro::connect(connection_.get_executor(), where)).value();
    }
};

TEST_F(types_sent_on, every_kind_of_built_in_type) {
    for (const char* expression : {"true",
                                   "-3::int2",
                                   "7",
                                   "8::int8",
                                   "1.5::float4",
                                   "'NaN'::float8",
                                   "-12.50::numeric",
                                   "'text'::text",
                                   "'x'::varchar",
                                   "'ab '::char(4)",
                                   "'n'::name",
                                   "'c'::\"char\"",
                                   "'\\x00ff'::bytea",
                                   "b'101'",
                                   "b'10'::varbit",
                                   "'6f4bcd9f-5d3c-4b8e-9f3e-3c1d1e0c2b7a'::uuid",
                                   "'{\"a\": 1}'::json",
                                   "'{\"a\": [1, null]}'::jsonb",
                                   "'$.a'::jsonpath",
                                   "'2024-02-29'::date",
                                   "'infinity'::timestamp",
                                   "'2024-02-29 12:00+00'::timestamptz",
                                   "'12:30'::time",
                                   "'12:30+01'::timetz",
                                   "'1 year 2 days 03:00'::interval",
                                   "'10.0.0.0/8'::cidr",
                                   "'::1'::inet",
                                   "'08:00:2b:01:02:03'::macaddr",
                                   "'(1,2)'::point",
                                   "'<(0,0),1>'::circle",
                                   "'$1.50'::money",
                                   "'fat & rat'::tsquery",
                                   "'a:1 b:2'::tsvector",
                                   "'pg_class'::regclass",
                                   "'0/16'::pg_lsn",
                                   "'[1,5)'::int4range",
                                   "'{[1,3),[5,8)}'::int4multirange",
                                   "'<a>b</a>'::xml",
                                   "17::oid"}) {
        expect_sent(expression);
    }
}

TEST_F(types_sent_on, arrays) {
    for (const char* expression : {"'{}'::int[]", "'[0:1][5:6]={{1,2},{3,NULL}}'::int[]", "array['a', null, 'NULL']",
                                   "array['[1,2)'::int4range]", "'1 2'::int2vector"}) {
        expect_sent(expression);
    }
}

TEST_F(types_sent_on, types_of_users) {
    create_types();
    for (const char* expression :
         {"'fine'::shop.\"Mood\"", "'{sad,NULL,fine}'::shop.\"Mood\"[]", "row('pen', 3, '{fine}')::shop.item",
          "row(null, null, null)::shop.item", "array[row('pen', 3, '{}')::shop.item, null]",
          "row(row('pen', 3, '{fine}'), array[row('ink', null, '{sad}')::shop.item, null])::shop.items",
          "'[sad,fine)'::shop.mood_range", "shop.item_range(row('a', 1, '{fine}'), row('b', 2, '{sad}'))",
          "array[shop.item_range(row('a', 1, '{fine}'), null)]", "'{[sad,fine)}'::shop.mood_multirange",
          "'empty'::shop.mood_range", "shop.item_multirange(shop.item_range(row('a', 1, '{fine}'), row('b', 2, '{sad}')))"}) {
        expect_sent(expression);
    }
}

TEST_F(types_sent_on, a_domain_arrives_and_is_sent_as_its_base) {
    create_types();
    const auto rows = fetch("select 3::shop.positive");
    EXPECT_EQ(type_of(rows[0][0]), "integer");
    EXPECT_EQ(printed(rows[0][0], "::shop.positive"), "3");
    expect_sent("array[3::shop.positive]");
}

TEST_F(types_sent_on, null_keeps_its_type) {
    create_types();
    const auto rows = fetch("select null::int, null::shop.\"Mood\", null::shop.item[], null::text");
    const auto row = rows[0];
    EXPECT_EQ(type_of(row[0]), "integer");
    EXPECT_EQ(type_of(row[1]), "shop.\"Mood\"");
    EXPECT_EQ(type_of(row[2]), "shop.item[]");
    EXPECT_EQ(type_of(row[3]), "text");
    const auto nulls = run(connection_.fetch_one<int>("select num_nulls($1, $2, $3, $4)", row[0], row[1], row[2], row[3]));
    EXPECT_EQ(nulls.value(), 4);
}

TEST_F(types_sent_on, types_without_binary_output_are_sent_as_text) {
    const auto rows = fetch("select acl, '1 day'::interval as age, id from lists order by id");
    EXPECT_EQ(type_of(rows[1]["acl"]), "aclitem[]");
    EXPECT_EQ(printed(rows[1]["acl"]), acl());
    EXPECT_EQ(type_of(rows[0]["acl"]), "aclitem[]"); // NULL
    EXPECT_EQ(type_of(rows[1]["age"]), "interval");
    EXPECT_EQ(printed(rows[1]["age"]), "1 day");
    EXPECT_EQ(printed(rows[1]["id"]), "2");
}

TEST_F(types_sent_on, types_of_extensions) {
    run_all("create extension if not exists hstore");
    run_all("create extension if not exists seg");
    expect_sent("'a=>1'::hstore");
    expect_sent("array['a=>1'::hstore]");
    expect_sent("'1..2'::seg"); // which has no binary format
}

TEST_F(types_sent_on, the_server_converts_values_as_it_converts_columns) {
    create_types();
    run_all("create temp table target (big int8, mood shop.\"Mood\")");
    const auto rows = fetch("select 7 as small, 'fine'::text as word");
    const auto row = rows[0];
    EXPECT_TRUE(run(connection_.execute("insert into target (big) values ($1)", row["small"])));
    EXPECT_EQ(run(connection_.execute("insert into target (mood) values ($1)", row["word"])).error(),
              sqlstate::datatype_mismatch);
    EXPECT_TRUE(run(connection_.execute("insert into target (mood) values ($1::text::shop.\"Mood\")", row["word"])));
}

TEST_F(types_sent_on, what_the_server_takes_from_nobody_is_its_error) {
    const auto rows =
        fetch("select row(1, 'a'), (select most_common_vals from pg_stats where most_common_vals is not null limit 1)");
    ASSERT_FALSE(rows[0][1].is_null());
    for (const auto field : rows[0]) {
        const auto refused = run(connection_.fetch_one<std::string>("select $1::text", field));
        EXPECT_EQ(refused.error(), sqlstate::feature_not_supported) << refused.error();
    }
}

TEST_F(types_sent_on, a_field_that_does_not_exist_is_refused_before_anything_is_sent) {
    const auto rows = fetch("select 1 as a");
    const auto no_column = run(connection_.fetch_one<int>("select $1::int", rows[0]["b"]));
    EXPECT_EQ(no_column.error(), errc::no_such_column);
    EXPECT_TRUE(no_column.error().is(pgcoro::error::nothing_sent));
    EXPECT_EQ(run(connection_.fetch_one<int>("select $1::int", rows[1]["a"])).error(), errc::no_rows);
}

TEST_F(types_sent_on, rows_of_parameters_by_execute_many_and_by_copy) {
    create_types();
    run_all("create temp table source (id int8, name text, mood shop.\"Mood\", made shop.item, tags text[])");
    run_all("insert into source values (1, 'Ada', 'fine', row('pen', 3, '{fine}'), '{a,b}'), (2, null, null, null, null)");
    run_all("create temp table by_many (like source)");
    run_all("create temp table by_copy (like source)");
    const auto rows = fetch("select * from source order by id");
    std::vector<parameters> all;
    for (const auto row : rows) {
        for (auto& values = all.emplace_back(); const auto field : row) {
            values.push_back(field);
        }
    }
    const auto many = run(connection_.execute_many("insert into by_many values ($1, $2, $3, $4, $5)", all));
    ASSERT_TRUE(many) << many.error();
    const auto copied = run(connection_.copy_in("by_copy", all));
    ASSERT_TRUE(copied) << copied.error();
    for (const char* table : {"by_many", "by_copy"}) {
        const auto same = fetch("select 1 from source s join " + std::string(table) + " t on s is not distinct from t");
        EXPECT_EQ(same.size(), 2U) << table;
    }
}

TEST_F(types_sent_on, as_a_member_of_a_copied_row) {
    run_all("create temp table marked (mark int, name text)");
    const auto rows = fetch("select name from lists order by id");
    std::vector<std::tuple<int, pgcoro::field_view>> marked;
    for (const auto row : rows) {
        marked.emplace_back(7, row["name"]);
    }
    const auto copied = run(connection_.copy_in("marked", marked));
    ASSERT_TRUE(copied) << copied.error();
    EXPECT_EQ(fetch("select 1 from marked where mark = 7 and name in ('open', 'shared')").size(), 2U);
}

TEST_F(types_sent_on, copy_converts_no_more_than_for_values_of_that_type) {
    run_all("create temp table numbers (n int2)");
    const auto rows = fetch("select 1::int8 as n");
    const std::vector<std::tuple<pgcoro::field_view>> row{{rows[0]["n"]}};
    EXPECT_EQ(run(connection_.copy_in("numbers", row)).error(), errc::type_mismatch);
}

TEST_F(types_sent_on, another_database_finds_types_by_schema_and_name) {
    create_types();
    auto there = connect_elsewhere();
    for (const char* sql : {"create schema shop", "create type shop.unused as enum ()",
                            "create type shop.\"Mood\" as enum ('sad', 'fine')", "create domain shop.positive as int",
                            "create type shop.item as (name text, price shop.positive, moods shop.\"Mood\"[])",
                            "create type shop.items as (first shop.item, others shop.item[])"}) {
        ASSERT_TRUE(run(there.execute(unchecked_sql(sql)))) << sql;
    }
    const auto rows =
        fetch("select x, x::text, (x).first, ((x).others[1]).moods as moods, 'shop.item'::regtype::oid as number from"
              " (select row(row('pen', 3, '{fine}'), array[row('ink', null, '{sad}')::shop.item])::shop.items) s (x)");
    const auto row = rows[0];
    const auto text = run(there.fetch_one<std::string>("select ($1)::text", row["x"]));
    EXPECT_EQ(text.value(), row[1].as<std::string>().value());
    const auto types =
        run(there.fetch_one<std::string>("select pg_typeof($1) || ' ' || pg_typeof($2)", row["first"], row["moods"]));
    EXPECT_EQ(types.value(), "shop.item shop.\"Mood\"[]");
    const auto number = run(there.fetch_one<bool>("select 'shop.item'::regtype::oid <> $1", row["number"]));
    EXPECT_TRUE(number.value());
}

TEST_F(types_sent_on, another_database_without_the_type_is_an_error_that_names_it) {
    create_types();
    auto there = connect_elsewhere();
    const auto rows = fetch("select 'fine'::shop.\"Mood\" as mood, null::shop.item as item");
    const auto refused = run(there.fetch_one<std::string>("select $1::text", rows[0]["mood"]));
    EXPECT_EQ(refused.error(), errc::unknown_type);
    EXPECT_NE(refused.error().message().find("\"shop\".\"Mood\""), std::string::npos) << refused.error().message();
    EXPECT_TRUE(refused.error().is(pgcoro::error::nothing_sent));
    EXPECT_EQ(run(there.fetch_one<std::string>("select $1::text", rows[0]["item"])).error(), errc::unknown_type);
}

TEST_F(types_sent_on, another_database_where_the_type_is_made_of_others_refuses_it) {
    create_types(", colour text");
    auto there = connect_elsewhere();
    ASSERT_TRUE(run(there.execute("create schema shop")));
    ASSERT_TRUE(run(there.execute("create type shop.\"Mood\" as enum ('sad', 'fine')")));
    ASSERT_TRUE(run(there.execute("create domain shop.positive as int")));
    ASSERT_TRUE(run(there.execute("create type shop.item as (name text, price shop.positive, moods shop.\"Mood\"[])")));
    const auto rows = fetch("select row('pen', 3, '{fine}', 'red')::shop.item");
    const auto refused = run(there.fetch_one<std::string>("select $1::text", rows[0][0]));
    EXPECT_EQ(refused.error(), sqlstate::datatype_mismatch) << refused.error();
}

TEST_F(types_sent_on, parameters_outlive_the_rowset_and_can_be_copied) {
    create_types();
    parameters values;
    {
        const auto rows = fetch("select 'fine'::shop.\"Mood\", '{fine,sad}'::shop.\"Mood\"[]");
        values.push_back(rows[0][0]);
        values.push_back(rows[0][1]);
    }
    const parameters copy = values;
    values = {};
    const auto text = run(connection_.fetch_one<std::string>("select $1 || '/' || $2::text", copy));
    EXPECT_EQ(text.value(), "fine/{fine,sad}");
}

} // namespace
