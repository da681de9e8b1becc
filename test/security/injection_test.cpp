// SPDX-License-Identifier: BSL-1.0
// Values are never SQL: whatever a stranger types comes back as it was, and runs nothing.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>

#include <functional>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::task;
using pgcoro::unchecked_sql;

const std::string typed[] = {
    "'; drop table victims; --",
    "' or '1'='1",
    "\\'; drop table victims; --",
    "$1",
    "$$; drop table victims; $$",
    "\"; drop table victims; --",
    "/* */ --",
    "E'\\x41'",
    "%s %d {} :name ?",
    "\xc2\xa0\xe2\x80\x98 or 1=1",
    "\\",
};

void with_victims(const std::function<task<>(connection&)>& body) {
    shared_server().run_sql("drop table if exists victims; create table victims (name text)").value();
    with_connection(shared_server().dsn(), body);
    EXPECT_EQ(shared_server().run_sql("select count(*) from pg_tables where tablename = 'victims'").value(), "1\n");
}

TEST(injection, a_parameter_is_no_sql) {
    with_victims([](connection& c) -> task<> {
        for (const auto& text : typed) {
            BOOST_OUTCOME_CO_TRY(auto back, co_await c.fetch_one<std::string>("select $1::text", text));
            EXPECT_EQ(back, text);
            BOOST_OUTCOME_CO_TRY(auto found, co_await c.fetch<std::string>("select name from victims where name = $1", text));
            EXPECT_TRUE(found.empty());
        }
        co_return success();
    });
}

void expect_no_sql_in_literals(const std::string& setting) {
    with_victims([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("set standard_conforming_strings = " + setting)));
        for (const auto& text : typed) {
            const auto sql = unchecked_sql("select " + pgcoro::quote_literal(text).value());
            BOOST_OUTCOME_CO_TRY(auto back, co_await c.fetch_one<std::string>(sql));
            EXPECT_EQ(back, text) << setting;
        }
        co_return success();
    });
}

TEST(injection, nor_is_a_quoted_literal) { expect_no_sql_in_literals("on"); }

TEST(injection, nor_is_a_quoted_literal_where_backslashes_escape) {
    if (shared_server().server_version() >= 190000) {
        GTEST_SKIP() << "PostgreSQL 19 refuses standard_conforming_strings = off";
    }
    expect_no_sql_in_literals("off");
}

TEST(injection, nor_is_a_quoted_name) {
    with_victims([](connection& c) -> task<> {
        for (const auto& text : typed) {
            const auto sql = unchecked_sql("select 1 as " + pgcoro::quote_identifier(text).value());
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(sql));
            EXPECT_EQ(rows.columns()[0].name(), text);
        }
        co_return success();
    });
}

} // namespace
