// SPDX-License-Identifier: BSL-1.0
// Scripts: several statements in one text.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/script.hpp>

#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::position_in;
using pgcoro::script_position;
using pgcoro::sqlstate;
using pgcoro::task;

TEST(script, gives_one_result_for_each_statement) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto results, co_await c.run_script("create temp table t (a int, b text);\n"
                                                                 "insert into t values (1, 'one'), (2, null);;\n"
                                                                 "-- nothing\n"
                                                                 "select * from t order by a; drop table t"));
        EXPECT_EQ(results.size(), 4u);
        EXPECT_EQ(results[0].tag, "CREATE TABLE");
        EXPECT_EQ(results[1].tag, "INSERT 0 2");
        EXPECT_EQ(results[2].tag, "SELECT 2");
        BOOST_OUTCOME_CO_TRY(auto a, results[2].rows[1]["a"].as<int>());
        EXPECT_EQ(a, 2);
        EXPECT_TRUE(results[2].rows[1]["b"].is_null());
        EXPECT_EQ(results[3].tag, "DROP TABLE");
        BOOST_OUTCOME_CO_TRY(auto none, co_await c.run_script("-- nothing at all"));
        EXPECT_LE(none.size(), 1u);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(script, undoes_all_after_an_error_and_says_where_it_was) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        const std::string syntax = "create table kept_by_a_script ();\nselect 1;\n  selct 2;\nselect 3";
        auto outcome = co_await c.run_script(syntax);
        EXPECT_EQ(error_of(outcome), sqlstate::syntax_error);
        EXPECT_EQ(position_in(syntax, error_of(outcome)), (script_position{3, 3}));
        const std::string name = "create table kept_by_a_script ();\nselect 'é',\n  nothing;";
        outcome = co_await c.run_script(name);
        EXPECT_EQ(error_of(outcome), sqlstate::undefined_column);
        EXPECT_EQ(error_of(outcome).item(), 1u);
        EXPECT_EQ(position_in(name, error_of(outcome)), (script_position{3, 3}));
        const std::string value = "create table kept_by_a_script (a int);;\n\n  insert into kept_by_a_script\n values (1/0);";
        outcome = co_await c.run_script(value);
        EXPECT_EQ(error_of(outcome), sqlstate::division_by_zero);
        EXPECT_EQ(position_in(value, error_of(outcome)), (script_position{3, 3}));
        BOOST_OUTCOME_CO_TRY(auto kept, co_await c.fetch_one<bool>("select to_regclass('kept_by_a_script') is not null"));
        EXPECT_FALSE(kept);
        co_return success();
    });
}

TEST(script, with_a_commit_of_its_own_keeps_what_came_before) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.run_script("create temp table t (a int)"));
        EXPECT_EQ(
            error_of(co_await c.run_script("begin; insert into t values (1); commit; insert into t values (2); select 1/0")),
            sqlstate::division_by_zero);
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from t"));
        EXPECT_EQ(n, 1);
        co_return success();
    });
}

TEST(script, refuses_what_only_psql_understands) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        auto why = error_of(co_await c.run_script("select 1;\n \\d t"));
        EXPECT_EQ(why, errc::invalid_text);
        EXPECT_TRUE(why.message().starts_with("line 2, column 2: ")) << why;
        why = error_of(co_await c.run_script("create temp table t (a int);\ncopy t from stdin;\n1\n\\.\n"));
        EXPECT_EQ(why, errc::invalid_text);
        EXPECT_TRUE(why.message().starts_with("line 2, column 13: ")) << why;
        BOOST_OUTCOME_CO_TRY(co_await c.run_script("select '\\d', $$ \\. $$, \"?column?\" from (select 1) s -- \\x"));
        EXPECT_EQ(error_of(co_await c.run_script("create temp table t (a int); copy t to stdout; select 1")),
                  errc::copy_not_supported);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(script, in_a_transaction_is_part_of_it) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.run_script("create table made_by_a_script (); create table made_by_it_too ()"));
        }
        BOOST_OUTCOME_CO_TRY(auto made, co_await c.fetch_one<bool>("select to_regclass('made_by_a_script') is not null"));
        EXPECT_FALSE(made);
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.run_script("select 1; rollback"));
        EXPECT_EQ(error_of(co_await tx.execute("select 1")), errc::transaction_over);
        co_return success();
    });
}

TEST(script, that_leaves_a_transaction_open_on_a_pool_is_an_error) {
    run([]() -> task<> {
        pgcoro::pool_options options;
        options.max_size = 1;
        pgcoro::pool pool(co_await asio::this_coro::executor, shared_server().dsn(), options);
        EXPECT_EQ(error_of(co_await pool.run_script("begin; create table left_open_by_a_script ()")),
                  errc::transaction_left_open);
        BOOST_OUTCOME_CO_TRY(auto made,
                             co_await pool.fetch_one<bool>("select to_regclass('left_open_by_a_script') is not null"));
        EXPECT_FALSE(made);
        BOOST_OUTCOME_CO_TRY(co_await pool.close());
        co_return success();
    });
}

TEST(script, of_another_role_or_path_is_noticed) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.run_script("create schema s1; create table s1.t as select 1 a; create schema s2; "
                                                   "create table s2.t as select 2 a; set search_path = s1"));
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select a from t"));
        EXPECT_EQ(one, 1);
        BOOST_OUTCOME_CO_TRY(co_await c.run_script("select 1; set search_path = s2"));
        BOOST_OUTCOME_CO_TRY(auto two, co_await c.fetch_one<int>("select a from t"));
        EXPECT_EQ(two, 2);
        BOOST_OUTCOME_CO_TRY(co_await c.run_script("drop schema s1 cascade; drop schema s2 cascade"));
        co_return success();
    });
}

TEST(script, can_be_cancelled) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        EXPECT_EQ(
            error_of(co_await c.run_script("select 1; select pg_sleep(100); select 2").within(std::chrono::milliseconds(200))),
            errc::timed_out);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

} // namespace
