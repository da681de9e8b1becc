// SPDX-License-Identifier: BSL-1.0
// Columns whose types have no binary output: access control lists, and types of extensions. The judge is the server: what it
// prints, and what a sequence says of how often a statement was run.
#include "types_text_only_fixture.hpp"

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
using pgcoro::test::text_only;
namespace json = boost::json;
using text_pair = std::tuple<std::string, std::optional<std::string>>;

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

} // namespace
