// SPDX-License-Identifier: BSL-1.0
// The plans of slow statements: which are explained, and what they say.
#include "slow_query_plans_fixture.hpp"

#include <pgcoro/script.hpp>

#include <boost/json/parse.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::task;

TEST_F(slow_query_plans_test, gives_the_plan_of_a_statement_with_parameters) {
    explain(1, [](connection& c) -> task<> {
        const std::int64_t id = 7;
        BOOST_OUTCOME_CO_TRY(co_await c.fetch<std::string>("select name from planned where id = $1", id).named("find"));
        co_return pgcoro::success();
    });

    const auto& slow = last_[0];
    EXPECT_FALSE(slow.failure) << slow.failure;
    EXPECT_EQ(slow.name, "find");
    EXPECT_EQ(slow.sql, "select name from planned where id = $1");
    EXPECT_NE(slow.fingerprint, 0u);
    EXPECT_GT(slow.duration, 0ns);
    EXPECT_TRUE(plan_has(slow.plan, "Index Scan using planned_pkey on planned")) << slow.plan;
    EXPECT_TRUE(plan_has(slow.plan, "Index Cond: (id = $1)")) << slow.plan;
}

TEST_F(slow_query_plans_test, parameters_have_the_types_that_were_sent) {
    explain(3, [](connection& c) -> task<> {
        // Without its type, the server could not tell what $1 is, or would take it for text.
        const std::vector<std::int64_t> ids = {1, 2};
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select count(*) from planned where id = any($1)", ids));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select pg_typeof($1)", std::int16_t(1)));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned where name = $1 and tint = $2::colour", "a", "red"));
        co_return pgcoro::success();
    });

    for (const auto& slow : last_) {
        EXPECT_FALSE(slow.failure) << slow.sql << ": " << slow.failure;
        EXPECT_FALSE(slow.plan.empty()) << slow.sql;
    }
    EXPECT_TRUE(plan_has(last_[0].plan, "ANY ($1)")) << last_[0].plan;
}

TEST_F(slow_query_plans_test, json_is_a_document) {
    options_.format = pgcoro::plan_format::json;

    explain(1, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned"));
        co_return pgcoro::success();
    });

    const auto document = boost::json::parse(last_[0].plan);
    EXPECT_EQ(document.at(0).at("Plan").at("Node Type"), "Seq Scan");
}

TEST_F(slow_query_plans_test, executes_nothing) {
    explain(4, [](connection& c) -> task<> {
        const std::int64_t id = 5000;
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into planned (id, name) values ($1, $2)", id, "new"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("update planned set name = name || '!' where id = $1", id));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("with gone as (delete from planned where id = 1 returning id) "
                                                "insert into planned (id) select id + 10000 from gone"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("merge into planned p using (values (2::int8)) s(id) on p.id = s.id "
                                                "when matched then update set name = name || '!'"));
        co_return pgcoro::success();
    });

    for (const auto& slow : last_) {
        EXPECT_FALSE(slow.failure) << slow.sql << ": " << slow.failure;
    }
    EXPECT_EQ(judge_.value("select string_agg(id || name, ' ' order by id) from planned where name like '%!'"),
              "2name 2! 5000new!");
    EXPECT_EQ(judge_.value("select count(*)::text from planned"), "1001");
}

TEST_F(slow_query_plans_test, a_text_is_explained_once_in_a_while) {
    auto now = std::chrono::steady_clock::now();
    options_.now = [&] { return now; };

    explain(3, [&](connection& c) -> task<> {
        for (int i = 0; i < 3; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned"));
        }
        now += 59min;
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select id from planned"));
        now += 1min;
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned"));
        co_return pgcoro::success();
    });

    EXPECT_EQ(last_[0].sql, "select name from planned");
    EXPECT_EQ(last_[1].sql, "select id from planned");
    EXPECT_EQ(last_[2].sql, "select name from planned");
}

TEST_F(slow_query_plans_test, batches_and_many_rows_are_explained_once_each_text) {
    explain(3, [](connection& c) -> task<> {
        const std::vector<int> numbers = {1, 2, 3};
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("select name from planned where id = $1", numbers));
        auto first = pgcoro::execute("select 1");
        auto again = pgcoro::execute("select 1");
        auto other = pgcoro::execute("select 2");
        auto none = pgcoro::execute("set lock_timeout = 0");
        BOOST_OUTCOME_CO_TRY(co_await c.batch(std::move(first), std::move(again), std::move(other), std::move(none)));
        co_return pgcoro::success();
    });

    EXPECT_EQ(last_[0].sql, "select name from planned where id = $1");
    EXPECT_EQ(last_[1].sql, "select 1");
    EXPECT_EQ(last_[2].sql, "select 2");
}

TEST_F(slow_query_plans_test, only_what_can_be_explained_is) {
    explain(1, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("vacuum planned"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("explain select 1"));
        BOOST_OUTCOME_CO_TRY(co_await c.run_script("select 1; select 2"));
        BOOST_OUTCOME_CO_TRY(co_await c.ping());
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 3"));
        co_return pgcoro::success();
    });

    EXPECT_EQ(last_[0].sql, "select 3");
}

TEST_F(slow_query_plans_test, fast_statements_are_left_alone) {
    options_.slow_after = 24h;
    int looked_at = 0; // the clock is read for each slow statement
    options_.now = [&] {
        ++looked_at;
        return std::chrono::steady_clock::now();
    };

    explain(0, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        co_return pgcoro::success();
    });

    EXPECT_EQ(looked_at, 0);
}

TEST_F(slow_query_plans_test, what_another_session_cannot_see_gives_an_error) {
    explain(3, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temporary table mine (id int)"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select * from mine"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into mine values (1)"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned"));
        co_return pgcoro::success();
    });

    EXPECT_EQ(last_[0].failure, pgcoro::sqlstate::undefined_table);
    EXPECT_EQ(last_[0].plan, "");
    EXPECT_EQ(last_[1].failure, pgcoro::sqlstate::undefined_table);
    EXPECT_FALSE(last_[2].failure) << last_[2].failure; // its connection has survived the others
}

TEST_F(slow_query_plans_test, several_statements_in_one_text_do_not_run) {
    explain(1, [](connection& c) -> task<> {
        const auto refused = co_await c.execute("select 1; commit; drop table planned");
        EXPECT_EQ(refused.error(), pgcoro::sqlstate::syntax_error);
        co_return pgcoro::success();
    });

    EXPECT_EQ(last_[0].failure, pgcoro::sqlstate::syntax_error);
    EXPECT_EQ(judge_.value("select count(*)::text from planned"), "1000");
}

TEST_F(slow_query_plans_test, a_table_that_is_locked_is_not_waited_for) {
    options_.lock_timeout = 1ms;

    explain(1, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("lock table planned"));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select name from planned"));
        const auto has_come = [&] { return !plans_->last().empty(); };
        co_await until_true(has_come);
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        co_return pgcoro::success();
    });

    EXPECT_EQ(last_[0].failure, pgcoro::sqlstate::lock_not_available);
}

TEST_F(slow_query_plans_test, nothing_has_a_value_or_a_password) {
    const auto password = pgcoro::connect_config(shared_server().tcp_dsn()).get("password");
    ASSERT_FALSE(password.empty());

    explain_with(pgcoro::connect_config(shared_server().tcp_dsn()), 3, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select id from planned where name = $1", "hidden-value-1"));
        const auto failed = co_await c.execute("select $1::text::int", "hidden-value-2");
        EXPECT_FALSE(failed);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temporary table gone (t text)"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into gone values ($1)", "hidden-value-3"));
        co_return pgcoro::success();
    });

    for (const auto& slow : last_) {
        const auto all = slow.name + slow.sql + slow.plan + slow.failure.describe();
        EXPECT_FALSE(plan_has(all, "hidden-value")) << all;
        EXPECT_FALSE(plan_has(all, password)) << all;
    }
    EXPECT_FALSE(last_[0].failure) << last_[0].failure;
}

TEST_F(slow_query_plans_test, a_server_of_16_gives_generic_plans_of_partitions) {
    if (shared_server().server_version() < 160000) {
        GTEST_SKIP() << "EXPLAIN (GENERIC_PLAN) needs PostgreSQL 16; this server is "
                     << shared_server().server_version() / 10000;
    }
    judge_.value("drop table if exists parts; create table parts (id int) partition by list (id); "
                 "create table part_1 partition of parts for values in (1)");

    explain(1, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select * from parts where id = $1", 1));
        co_return pgcoro::success();
    });

    EXPECT_FALSE(last_[0].failure) << last_[0].failure;
    EXPECT_TRUE(plan_has(last_[0].plan, "part_1")) << last_[0].plan;
}

} // namespace
