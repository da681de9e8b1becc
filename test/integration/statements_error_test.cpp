// SPDX-License-Identifier: BSL-1.0
// What the server says about a failure, field by field; and what it says without one: notices.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/row_stream.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace pgcoro::literals;
using pgcoro::connect_config;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::unchecked_sql;

/// Runs `body` twice on one connection: with its statements in a pipeline, and with each alone.
void both_ways(auto body) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await body(c));
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        auto outcome = co_await body(c);
        co_return outcome;
    });
}

TEST(statements_error, of_a_constraint_names_it_and_its_table) {
    both_ways([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(
            co_await c.execute("create temp table if not exists named (id int constraint positive check (id > 0))"));
        auto failed = co_await c.execute("insert into named values ($1)", -1);
        const auto e = error_of(failed);
        EXPECT_EQ(e, sqlstate::check_violation);
        EXPECT_EQ(e.severity(), "ERROR");
        EXPECT_EQ(e.constraint(), "positive");
        EXPECT_EQ(e.table(), "named");
        EXPECT_NE(e.schema(), "");
        EXPECT_EQ(e.detail(), "Failing row contains (-1).");
        EXPECT_EQ(e.statement(), "insert into named values ($1)");
        EXPECT_NE(e.routine(), "");
        EXPECT_EQ(e.position(), 0);
        EXPECT_FALSE(e.connection_lost() || e.safe_to_retry() || e.outcome_unknown());
        co_return success();
    });
}

TEST(statements_error, of_a_null_names_the_column) {
    both_ways([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table if not exists filled (a int, b int not null)"));
        auto failed = co_await c.execute("insert into filled values (1)");
        EXPECT_EQ(error_of(failed), sqlstate::not_null_violation);
        EXPECT_EQ(error_of(failed).column(), "b");
        co_return success();
    });
}

TEST(statements_error, that_the_client_makes_names_its_statement) {
    both_ways([](connection& c) -> task<> {
        auto none = co_await c.fetch_one<int>("select 1 where false");
        EXPECT_EQ(error_of(none), errc::no_rows);
        EXPECT_EQ(error_of(none).statement(), "select 1 where false");
        auto null = co_await c.fetch<int>("select null::int");
        EXPECT_EQ(error_of(null), errc::unexpected_null);
        EXPECT_EQ(error_of(null).statement(), "select null::int");
        auto late = co_await c.execute("select pg_sleep(60)").within(std::chrono::milliseconds(10));
        EXPECT_EQ(error_of(late), errc::timed_out);
        EXPECT_EQ(error_of(late).statement(), "select pg_sleep(60)");
        EXPECT_NE(error_of(late).describe().find("statement: select pg_sleep(60)"), std::string::npos) << error_of(late);
        auto unsent = co_await c.execute("select $1::text", std::string("a\0b", 3));
        EXPECT_EQ(error_of(unsent), errc::invalid_text);
        EXPECT_EQ(error_of(unsent).statement(), "select $1::text");
        pgcoro::error unread;
        if (auto rows = co_await c.stream<int>("select null::int from generate_series(1, $1)", 2)) {
            unread = error_of(co_await rows.value().next());
        } else {
            unread = error_of(rows);
        }
        EXPECT_EQ(unread, errc::unexpected_null);
        EXPECT_EQ(unread.statement(), "select null::int from generate_series(1, $1)");
        co_return success();
    });
}

TEST(statements_error, of_syntax_says_where) {
    both_ways([](connection& c) -> task<> {
        auto failed = co_await c.execute(unchecked_sql("select 1 frm x"));
        EXPECT_EQ(error_of(failed), sqlstate::syntax_error);
        EXPECT_EQ(error_of(failed).position(), 14);
        EXPECT_EQ(error_of(failed).statement(), "select 1 frm x");
        auto unknown = co_await c.execute("select äöü, no_such");
        EXPECT_EQ(error_of(unknown), sqlstate::undefined_column);
        EXPECT_EQ(error_of(unknown).position(), 8);
        auto hinted = co_await c.execute("select relnam from pg_class");
        EXPECT_EQ(error_of(hinted), sqlstate::undefined_column);
        EXPECT_NE(error_of(hinted).hint(), "");
        co_return success();
    });
}

TEST(statements_error, of_ones_own_has_its_sqlstate_and_context) {
    both_ways([](connection& c) -> task<> {
        auto failed =
            co_await c.execute("do $$ begin raise exception 'mine' using errcode = 'P0042', detail = 'd', hint = 'h', "
                               "datatype = 't', column = 'c'; end $$");
        const auto e = error_of(failed);
        EXPECT_EQ(e.sqlstate(), "P0042"_sqlstate);
        EXPECT_EQ(e.message(), "mine");
        EXPECT_EQ(e.detail(), "d");
        EXPECT_EQ(e.hint(), "h");
        EXPECT_EQ(e.data_type(), "t");
        EXPECT_EQ(e.column(), "c");
        EXPECT_NE(e.context(), "");
        co_return success();
    });
}

TEST(statements_error, values_are_not_part_of_it) {
    both_ways([](connection& c) -> task<> {
        auto failed = co_await c.execute("select 1 / (length($1) - 6)", "secret");
        EXPECT_EQ(error_of(failed), sqlstate::division_by_zero);
        EXPECT_EQ(error_of(failed).describe().find("secret"), std::string::npos);
        co_return success();
    });
}

TEST(statements_error, several_statements_in_one_text_are_refused) {
    both_ways([](connection& c) -> task<> {
        auto failed = co_await c.execute(unchecked_sql("select 1; select 2"));
        EXPECT_EQ(error_of(failed), sqlstate::syntax_error);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        co_return success();
    });
}

TEST(statements_error, a_serialization_failure_is_safe_to_retry) {
    both_ways([](connection& c) -> task<> {
        auto failed = co_await c.execute("do $$ begin raise exception using errcode = 'serialization_failure'; end $$");
        EXPECT_EQ(error_of(failed), sqlstate::serialization_failure);
        EXPECT_TRUE(error_of(failed).safe_to_retry());
        auto half_done =
            co_await c.execute("do $$ begin commit; raise exception using errcode = 'serialization_failure'; end $$");
        EXPECT_EQ(error_of(half_done), sqlstate::serialization_failure);
        EXPECT_FALSE(error_of(half_done).safe_to_retry());
        co_return success();
    });
}

TEST(statements_notice, reaches_the_hook_in_order_and_nobody_else) {
    std::vector<std::string> heard;
    auto config = connect_config(shared_server().dsn()).on_notice([&](const pgcoro::notice& n) {
        heard.push_back(std::string(n.severity()) + " " + n.message());
    });
    testing::internal::CaptureStderr();
    with_connection(config, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("do $$ begin raise notice 'one'; raise warning 'two'; end $$"));
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("do $$ begin raise notice 'three'; end $$")));
        auto failed = co_await c.execute("do $$ begin raise notice 'four'; raise exception 'five'; end $$");
        EXPECT_FALSE(failed);
        co_return success();
    });
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(heard, (std::vector<std::string>{"NOTICE one", "WARNING two", "NOTICE three", "NOTICE four"}));
}

TEST(statements_notice, without_a_hook_is_silence) {
    testing::internal::CaptureStderr();
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("do $$ begin raise notice 'one'; raise warning 'two'; end $$"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select pg_terminate_backend(pg_backend_pid()) where false"));
        auto ended = co_await c.execute("select pg_terminate_backend(pg_backend_pid())");
        EXPECT_EQ(error_of(ended), sqlstate::admin_shutdown);
        co_return success();
    });
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

// The hook may be destroyed only after the last result that may call it.
TEST(statements_notice, a_rowset_that_outlives_the_connection_harms_nothing) {
    std::vector<std::string> heard;
    std::optional<pgcoro::rowset> rows;
    auto config =
        connect_config(shared_server().dsn()).on_notice([&](const pgcoro::notice& n) { heard.push_back(n.message()); });
    with_connection(config, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto r, co_await c.fetch("select 1 as one"));
        rows.emplace(std::move(r));
        co_return success();
    });
    ASSERT_TRUE(rows);
    EXPECT_EQ(error_of((*rows)[5]["one"].as<int>()), errc::no_rows); // libpq says "row number out of range" as a notice
    EXPECT_EQ(error_of((*rows)[0][7].as<int>()), errc::no_such_column);
    EXPECT_TRUE(heard.empty());
}

} // namespace
