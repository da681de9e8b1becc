// SPDX-License-Identifier: BSL-1.0
// Columns whose types have no binary output: access control lists, and types of extensions. The judge is the server: what it
// prints, and what a sequence says of how often a statement was run.
#include "types_fixture.hpp"

#include <pgcoro/print_table.hpp>
#include <pgcoro/to_json.hpp>
#include <pgcoro/to_text.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace {

using pgcoro::errc;
using pgcoro::rowset;
using pgcoro::unchecked_sql;
namespace json = boost::json;
using text_pair = std::tuple<std::string, std::optional<std::string>>;

class text_only : public pgcoro::test::types_fixture {
protected:
    void SetUp() override {
        types_fixture::SetUp();
        run_all("set client_min_messages = warning");
        run_all("create temp table lists (id int, name text, acl aclitem[])");
        run_all("insert into lists values (1, 'open', null), (2, 'shared', format('{%1$s=r/%1$s}', current_user)::aclitem[])");
        run_all("create temp sequence runs");
    }

    void run_all(const std::string& sql) {
        const auto done = run(connection_.execute(unchecked_sql(sql)));
        ASSERT_TRUE(done) << sql << ": " << done.error();
    }

    /// How often `nextval('runs')` was called; counts itself.
    std::int64_t count_runs() { return run(connection_.fetch_one<std::int64_t>("select nextval('runs')")).value(); }

    std::int64_t count_lists() { return run(connection_.fetch_one<std::int64_t>("select count(*) from lists")).value(); }

    std::string superuser() { return run(connection_.fetch_one<std::string>("select current_user::text")).value(); }

    std::string acl() { return "{" + superuser() + "=r/" + superuser() + "}"; }

    rowset fetch(const std::string& sql) { return run(connection_.fetch(unchecked_sql(sql))).value(); }
};

constexpr pgcoro::sql<> shared = "select id, name, acl from lists where acl is not null";

TEST_F(text_only, execute_drops_rows_in_any_format) {
    const auto inserted =
        run(connection_.execute("insert into lists select 3, 'new', acl from lists where id = $1 returning acl", 2));
    ASSERT_TRUE(inserted) << inserted.error();
    EXPECT_EQ(inserted.value().rows_affected(), 1U);
    EXPECT_EQ(count_lists(), 3);
}

TEST_F(text_only, execute_many_and_batches_drop_rows_in_any_format) {
    const std::vector<int> ids{4, 5};
    const auto many =
        run(connection_.execute_many("insert into lists select $1, 'many', acl from lists where id = 2 returning acl", ids));
    ASSERT_TRUE(many) << many.error();
    const auto batch =
        run(connection_.batch(pgcoro::execute("insert into lists select 6, 'batch', acl from lists where id = 2 returning acl"),
                              pgcoro::fetch_one<std::int64_t>("select count(*) from lists")));
    ASSERT_TRUE(batch) << batch.error();
    EXPECT_EQ(std::get<1>(batch.value()), 5);
}

TEST_F(text_only, a_rowset_has_all_its_columns) {
    const auto rows = run(connection_.fetch(shared));
    ASSERT_TRUE(rows) << rows.error();
    const auto row = rows.value()[0];
    EXPECT_EQ(row["id"].as<int>().value(), 2);
    EXPECT_EQ(row["name"].as<std::string>().value(), "shared");
    EXPECT_EQ(row["acl"].as<std::string>().value(), acl());
    EXPECT_EQ(row["acl"].text().value(), acl());
    EXPECT_EQ(to_text(row["acl"]).value(), acl());
    EXPECT_EQ(rows.value().tag().text(), "SELECT 1");
}

TEST_F(text_only, strings_tuples_and_optionals_of_them) {
    const auto one = run(connection_.fetch<std::string>("select acl from lists where id = 2"));
    EXPECT_EQ(one.value(), std::vector<std::string>{acl()});
    const auto all = run(connection_.fetch<text_pair>("select name, acl from lists order by id"));
    ASSERT_TRUE(all) << all.error();
    EXPECT_EQ(all.value(), (std::vector<text_pair>{{"open", std::nullopt}, {"shared", acl()}}));
    // Whether a row has a list does not decide whether they can be read.
    const auto none = run(connection_.fetch<text_pair>("select name, acl from lists where acl is null"));
    EXPECT_EQ(none.value(), (std::vector<text_pair>{{"open", std::nullopt}}));
    EXPECT_EQ(run(connection_.fetch_optional<text_pair>("select name, acl from lists where id = 2")).value(),
              (text_pair{"shared", acl()}));
}

TEST_F(text_only, numbers_beside_them_are_read_as_ever) {
    using row = std::tuple<int, std::string, std::string>;
    const auto rows = run(connection_.fetch<row>("select id, name, acl from lists where id = 2"));
    ASSERT_TRUE(rows) << rows.error();
    EXPECT_EQ(rows.value(), (std::vector<row>{{2, "shared", acl()}}));
}

TEST_F(text_only, the_second_time_takes_no_second_try) {
    constexpr pgcoro::sql<> sql = "select nextval('runs'), acl from lists where id = 2";
    ASSERT_TRUE(run(connection_.fetch(sql)));
    EXPECT_EQ(count_runs(), 3);
    const auto again = run(connection_.fetch(sql));
    EXPECT_EQ(again.value()[0][0].as<std::int64_t>().value(), 4);
    EXPECT_EQ(count_runs(), 5);
}

TEST_F(text_only, the_second_time_takes_no_second_try_of_text_made_at_run_time) {
    const std::string sql = "select nextval('runs'), acl from lists where id = 2";
    EXPECT_EQ(fetch(sql)[0][0].as<std::int64_t>().value(), 2);
    EXPECT_EQ(fetch(sql)[0][0].as<std::int64_t>().value(), 3);
}

TEST_F(text_only, a_transaction_survives) {
    const std::string list = acl();
    auto tx = run(connection_.begin()).value();
    ASSERT_TRUE(run(tx.execute("insert into lists values (7, 'tx')")));
    const auto rows = run(tx.fetch(shared));
    ASSERT_TRUE(rows) << rows.error();
    EXPECT_EQ(rows.value()[0]["acl"].as<std::string>().value(), list);
    const auto strings = run(tx.fetch<std::string>(unchecked_sql("select acl from lists where id = $1"), 2));
    EXPECT_EQ(strings.value(), std::vector<std::string>{list});
    ASSERT_TRUE(run(tx.commit()));
    EXPECT_EQ(count_lists(), 3);
}

TEST_F(text_only, it_can_be_the_first_statement_of_a_transaction) {
    auto tx = run(connection_.begin()).value();
    const auto rows = run(tx.fetch("select nextval('runs'), acl from lists where id = 2"));
    ASSERT_TRUE(rows) << rows.error();
    EXPECT_EQ(rows.value()[0][0].as<std::int64_t>().value(), 1);
    ASSERT_TRUE(run(tx.commit()));
}

TEST_F(text_only, a_transaction_begun_by_hand_survives) {
    ASSERT_TRUE(run(connection_.execute("begin")));
    const auto rows = run(connection_.fetch(shared));
    ASSERT_TRUE(rows) << rows.error();
    EXPECT_EQ(rows.value().size(), 1U);
    EXPECT_EQ(run(connection_.execute("commit")).value().text(), "COMMIT");
}

TEST_F(text_only, a_statement_that_fails_in_a_transaction_fails_as_ever) {
    auto tx = run(connection_.begin()).value();
    ASSERT_TRUE(run(tx.execute("select 1")));
    const auto rows = run(tx.fetch("select nonsense from lists"));
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error(), pgcoro::sqlstate::undefined_column);
    EXPECT_EQ(rows.error().statement(), "select nonsense from lists");
    EXPECT_EQ(run(tx.execute("select 1")).error(), pgcoro::sqlstate::in_failed_sql_transaction);
}

TEST_F(text_only, a_failed_first_statement_fails_its_transaction) {
    auto tx = run(connection_.begin()).value();
    EXPECT_EQ(run(tx.fetch("select nonsense from lists")).error(), pgcoro::sqlstate::undefined_column);
    EXPECT_EQ(run(tx.commit()).error(), errc::transaction_rolled_back);
}

TEST_F(text_only, batches_outside_and_inside_of_a_transaction) {
    const auto items = [] {
        return std::tuple(pgcoro::fetch("select acl from lists where id = 2"),
                          pgcoro::fetch<std::string>("select acl from lists where id = 2 limit 1"));
    };
    auto [rows, strings] = items();
    const auto outside = run(connection_.batch(std::move(rows), std::move(strings)));
    ASSERT_TRUE(outside) << outside.error();
    EXPECT_EQ(std::get<1>(outside.value()), std::vector<std::string>{acl()});

    const std::string list = acl();
    auto tx = run(connection_.begin()).value();
    const auto inside = run(tx.batch(pgcoro::fetch("select acl, 1 from lists where id = 2"),
                                     pgcoro::fetch<std::string>("select acl from lists where id = 2 limit 2")));
    ASSERT_TRUE(inside) << inside.error();
    EXPECT_EQ(std::get<0>(inside.value())[0][0].as<std::string>().value(), list);
    ASSERT_TRUE(run(tx.commit()));
}

struct permissions {
    int grants;
};

} // namespace

template <>
struct pgcoro::pg_type<permissions> {
    static constexpr std::string_view name = "permissions";
    static constexpr oid_number oid = 1034;
    static constexpr oid_number array_oid = 1034;
    static constexpr bool accepts(oid_number) noexcept { return false; }
    static errc decode(oid_number, value_bytes, permissions&) noexcept { return {}; }
};

namespace {

TEST_F(text_only, a_typed_column_that_cannot_be_had_is_named) {
    using row = std::tuple<int, permissions>;
    const auto rows = run(connection_.fetch<row>("select id, acl from lists where id = 2"));
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error(), errc::type_mismatch);
    EXPECT_EQ(
        rows.error().message(),
        "column 2 \"acl\" (aclitem[]) cannot be read into permissions: the server has no binary output for this type; cast "
        "the column to text (::text) and read std::string");
}

TEST_F(text_only, in_a_transaction_the_type_of_such_a_column_is_named) {
    auto tx = run(connection_.begin()).value();
    const auto rows = run(tx.fetch<permissions>("select acl from lists where id = 2"));
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error(), errc::type_mismatch);
    EXPECT_NE(rows.error().message().find("aclitem"), std::string::npos) << rows.error().message();
    EXPECT_NE(rows.error().message().find("::text"), std::string::npos) << rows.error().message();
}

/// One value of each type that is read from its text when it comes with an access control list.
const char* const beside[] = {
    "true",
    "(-5)::int2",
    "2147483647",
    "(-9223372036854775808)::int8",
    "4000000000::oid",
    "'4000000000'::xid",
    "'18446744073709551615'::xid8",
    "1.5::float4",
    "'-Infinity'::float8",
    "1e300::float8",
    "'NaN'::float8",
    "12345.6780::numeric",
    "'a\"b\\c'::text",
    "'ab '::char(5)",
    "'n'::name",
    "'x'::\"char\"",
    "''::\"char\"",
    "'\\x00ff5c'::bytea",
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
    "'{\"a\": [1, null]}'::jsonb",
    "'[1]'::json",
    "'$.a'::jsonpath",
    "'2024-02-29'::date",
    "'0044-03-15 BC'::date",
    "'infinity'::date",
    "'2024-02-29 12:34:56.789'::timestamp",
    "'-infinity'::timestamp",
    "'1969-12-31 23:59:59.5+02'::timestamptz",
    "'24:00'::time",
    "'12:00:00.25-05:30'::timetz",
    "'16/B374D848'::pg_lsn",
    "'(4,7)'::tid",
    "'1 2 3'::int2vector",
    "'10 20'::oidvector",
    "array[1, null, 3]",
    "'[0:1][5:6]={{a,\"b c\"},{NULL,\"NULL\"}}'::text[]",
    "'{}'::int[]",
    "array['2024-02-29'::date, 'infinity']",
};

class beside_text_only : public text_only, public ::testing::WithParamInterface<const char*> {};

TEST_P(beside_text_only, a_value_is_what_it_is_alone) {
    const std::string base = GetParam();
    const auto alone = fetch("select v from (select " + base + ") as t (v)");
    const auto together = fetch("select v, acl from (select " + base + ") as t (v), lists where id = 2");
    const auto expected = to_text(alone[0][0]);
    const auto text = to_text(together[0][0]);
    ASSERT_TRUE(text) << text.error();
    EXPECT_EQ(text.value(), expected.value());
    EXPECT_EQ(json::serialize(to_json(together[0][0]).value()), json::serialize(to_json(alone[0][0]).value()));
    const auto before = pgcoro::detail::field_access::result(alone[0][0]);
    const auto after = pgcoro::detail::field_access::result(together[0][0]);
    EXPECT_EQ(after.column_format(0), 1);
    EXPECT_TRUE(std::ranges::equal(before.cell(0, 0).bytes(), after.cell(0, 0).bytes()));
}

INSTANTIATE_TEST_SUITE_P(types, beside_text_only, ::testing::ValuesIn(beside));

TEST_F(text_only, dates_in_another_style_are_text) {
    run_all("set datestyle = 'SQL, DMY'");
    const auto rows = fetch("select '2024-02-29'::date as day, acl from lists where id = 2");
    EXPECT_EQ(to_text(rows[0]["day"]).value(), "29/02/2024");
    EXPECT_EQ(rows[0]["day"].as<std::chrono::sys_days>().error(), errc::type_mismatch);
}

TEST_F(text_only, json_and_tables) {
    const auto rows = fetch("select id, id > 1 as big, 0.5::float8 as half, acl, null as nothing from lists order by id");
    const auto list = superuser() + "=r/" + superuser();
    EXPECT_EQ(json::serialize(to_json(rows).value()), R"([{"id":1,"big":false,"half":5E-1,"acl":null,"nothing":null},)"
                                                      R"({"id":2,"big":true,"half":5E-1,"acl":[")" +
                                                          list + R"("],"nothing":null}])");
    std::ostringstream table;
    table << fetch("select id, acl::aclitem[] as list from lists where id = 2");
    EXPECT_NE(table.str().find("  2 | {" + list + "}\n"), std::string::npos) << table.str();
}

TEST_F(text_only, many_at_once) {
    std::vector<pgcoro::result<rowset>> outcomes;
    int missing = 8;
    boost::asio::io_context context{1};
    auto db = [&] {
        std::optional<pgcoro::connection> made;
        pgcoro::connect(context.get_executor(), pgcoro::test::shared_server().dsn())(
            [&](pgcoro::result<pgcoro::connection> r) { made = std::move(r).value(); });
        context.run();
        context.restart();
        return std::move(*made);
    }();
    for (int i = 0; i < 8; ++i) {
        db.fetch("select relname, relacl from pg_class where oid = 'pg_class'::regclass")([&](pgcoro::result<rowset> r) {
            outcomes.push_back(std::move(r));
            --missing;
        });
    }
    context.run();
    ASSERT_EQ(missing, 0);
    for (const auto& outcome : outcomes) {
        ASSERT_TRUE(outcome) << outcome.error();
        EXPECT_EQ(outcome.value().size(), 1U);
    }
}

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
