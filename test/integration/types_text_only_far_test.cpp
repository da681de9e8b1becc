// SPDX-License-Identifier: BSL-1.0
// Columns whose types have no binary output: types of extensions, pseudo-types, statistics. The judge is the server: what it
// prints.
#include "types_text_only_fixture.hpp"

#include <pgcoro/to_text.hpp>

#include <string>
#include <vector>

namespace {

using pgcoro::unchecked_sql;
using pgcoro::test::text_only;

TEST_F(text_only, types_of_extensions) {
    for (const char* name : {"isn", "seg", "cube", "intarray"}) {
        run_all(std::string("create extension if not exists ") + name);
    }
    for (const char* value : {"'978-0-393-04002-9'::isbn13", "'0-393-04002-X'::isbn", "'9780393040029'::ean13",
                              "'1.5 .. 2.0'::seg", "'1&2'::query_int", "array['1 .. 2'::seg, null]"}) {
        const std::string sql = std::string("select 7 as n, ") + value + " as v, (" + value + ")::text as t";
        const auto rows = run(connection_.fetch(unchecked_sql(sql)));
        ASSERT_TRUE(rows) << value << ": " << rows.error();
        const auto row = rows.value()[0];
        EXPECT_EQ(row["n"].as<int>().value(), 7);
        EXPECT_EQ(to_text(row["v"]).value(), row["t"].as<std::string>().value());
        EXPECT_EQ(row["v"].as<std::string>().value(), row["t"].as<std::string>().value());
    }
    const auto strings = run(connection_.fetch<std::string>(unchecked_sql("select '1 .. 2'::seg")));
    EXPECT_EQ(strings.value(), std::vector<std::string>{"1 .. 2"});
    const auto wrong = run(connection_.fetch<int>(unchecked_sql("select '1 .. 2'::seg as s")));
    EXPECT_EQ(wrong.error().message(),
              "column 1 \"s\" (seg) cannot be read into std::int32_t: the server has no binary output for "
              "this type; cast the column to text (::text) and read std::string");
    auto tx = run(connection_.begin()).value();
    const auto rows = run(tx.fetch(unchecked_sql("select '1 .. 3'::seg")));
    ASSERT_TRUE(rows) << rows.error();
    EXPECT_EQ(to_text(rows.value()[0][0]).value(), "1 .. 3");
}

TEST_F(text_only, composites_and_ranges_of_such_types) {
    run_all("create extension if not exists seg");
    run_all("create type pg_temp.measured as (id int, value seg)");
    run_all("create type pg_temp.segs as range (subtype = seg)");
    for (const char* value : {"row(1, '1 .. 2')::pg_temp.measured", "array[row(1, '1 .. 2')::pg_temp.measured]",
                              "'[1 .. 2,3 .. 4)'::pg_temp.segs", "'{[1 .. 2,3 .. 4)}'::pg_temp.segs_multirange"}) {
        const std::string sql = std::string("select v, v::text from (select ") + value + ") as t (v)";
        const auto rows = run(connection_.fetch(unchecked_sql(sql)));
        ASSERT_TRUE(rows) << value << ": " << rows.error();
        EXPECT_EQ(to_text(rows.value()[0][0]).value(), rows.value()[0][1].as<std::string>().value()) << value;
    }
}

TEST_F(text_only, pseudo_types) {
    EXPECT_EQ(run(connection_.fetch_one<std::string>("select pg_notify('channel', 'x')")).value(), "");
    EXPECT_EQ(to_text(fetch("select pg_notify('channel', 'x')")[0][0]).value(), "");
    EXPECT_EQ(run(connection_.fetch_one<std::string>("select 'c'::refcursor")).value(), "c");
    EXPECT_EQ(run(connection_.fetch_one<std::string>("select int4out(17)")).value(), "17");
    EXPECT_TRUE(run(connection_.fetch<std::string>("select ev_action from pg_rewrite limit 1")));
    const auto snapshot = fetch("select s, s::text from (select '10:20:10,14,15'::pg_snapshot) as t (s)");
    EXPECT_EQ(to_text(snapshot[0][0]).value(), snapshot[0][1].as<std::string>().value());
    EXPECT_EQ(to_text(fetch("select '10:20:'::txid_snapshot")[0][0]).value(), "10:20:");
}

TEST_F(text_only, statistics_print_as_the_server_prints_them) {
    run_all("create table if not exists measured as select i % 5 as a, i % 7 as b, i % 5 as c, i % 3 = 0 as d from "
            "generate_series(1, 1000) i");
    run_all("drop statistics if exists of_measured");
    run_all("create statistics of_measured on a, b, c, d from measured");
    run_all("analyze measured");
    const auto rows = fetch("select stxdndistinct, stxdndistinct::text, stxddependencies, stxddependencies::text, stxdmcv, "
                            "stxdmcv::text from pg_statistic_ext_data");
    ASSERT_EQ(rows.size(), 1U);
    for (const int column : {0, 2, 4}) {
        EXPECT_EQ(to_text(rows[0][column]).value(), rows[0][column + 1].as<std::string>().value());
    }
    const auto values =
        fetch("select most_common_vals, format('%s', most_common_vals) from pg_stats where tablename = 'measured'");
    ASSERT_GT(values.size(), 0U);
    for (const auto row : values) {
        EXPECT_EQ(to_text(row[0]).value(), row[1].as<std::string>().value());
    }
    run_all("drop table measured");
}

} // namespace
