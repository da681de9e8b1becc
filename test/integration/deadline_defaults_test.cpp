// SPDX-License-Identifier: BSL-1.0
// Deadlines nobody gave to the operation itself, and deadlines the server is told.
#include "cancel_fixture.hpp"
#include "support/judge.hpp"
#include "support/pooling.hpp"
#include "support/proxy.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/row_stream.hpp>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;
using pgcoro::unchecked_sql;
using command_timeout = cancelling;

TEST_F(command_timeout, is_for_statements_without_a_deadline) {
    with_connection(config().command_timeout(50ms), [&](connection& c) -> task<> {
        auto told = co_await c.execute(unchecked_sql(wait_for_lock));
        EXPECT_EQ(error_of(told), errc::timed_out);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1").within(1h)); // the first one has been stopped
        started patient(c.execute(unchecked_sql(wait_for_lock)).within(1h));
        co_await until_blocked(judge_, c);
        unlock();
        BOOST_OUTCOME_CO_TRY(co_await patient.get());
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(command_timeout, is_for_those_of_a_transaction_too) {
    with_connection(config().command_timeout(50ms), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin().within(1h));
        auto told = co_await tx.execute(unchecked_sql(wait_for_lock));
        EXPECT_EQ(error_of(told), errc::timed_out);
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback().within(1h));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(command_timeout, of_a_pool_covers_the_wait_for_a_connection) {
    pgcoro::pool_options options;
    options.max_size = 1;
    options.command_timeout = 50ms;
    with_pool(config(), options, [](pgcoro::pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto only, co_await db.acquire());
        auto told = co_await db.execute("select 1");
        EXPECT_EQ(error_of(told), errc::timed_out);
        EXPECT_TRUE(error_of(told).safe_to_retry());
        co_return success();
    });
}

TEST_F(command_timeout, of_a_pool_frees_the_connection_of_what_it_ended) {
    pgcoro::pool_options options;
    options.max_size = 1;
    with_pool(config(), options, [](pgcoro::pool& db) -> task<> {
        auto told = co_await db.execute(unchecked_sql(wait_for_lock)).within(100ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        BOOST_OUTCOME_CO_TRY(auto answer, co_await db.fetch_one<int>("select 42")); // on the same connection
        EXPECT_EQ(answer, 42);
        BOOST_OUTCOME_CO_TRY(auto counted, co_await db.statistics());
        EXPECT_EQ(counted.connections_num, 1u);
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(command_timeout, is_for_statements_of_a_multiplexer_which_are_not_stopped) {
    const auto body = [&]() -> task<> {
        pgcoro::multiplexer_options options;
        options.lanes = 1;
        pgcoro::multiplexer m(co_await asio::this_coro::executor, config().command_timeout(100ms), options);
        BOOST_OUTCOME_CO_TRY(co_await m.execute("select 1").within(1h)); // the lane is up
        auto told = co_await m.execute(unchecked_sql(wait_for_lock));
        EXPECT_EQ(error_of(told), errc::timed_out);
        started next(m.execute("select 1").within(1h));
        co_await until(judge_, "select exists (select from pg_locks where locktype = 'advisory' and not granted)");
        EXPECT_FALSE(next.is_complete());
        unlock();
        BOOST_OUTCOME_CO_TRY(co_await next.get());
        co_return success();
    };
    pgcoro::test::run(body);
    EXPECT_EQ(rows(), "1");
}

TEST(server_deadlines, are_set_when_they_change) {
    pgcoro::connect_config where(shared_server().dsn());
    with_connection(where.server_deadlines(), [](connection& c) -> task<> {
        const auto shown = [&] { return c.fetch_one<std::string>("show statement_timeout"); };
        BOOST_OUTCOME_CO_TRY(auto none, co_await shown());
        EXPECT_EQ(none, "0");
        BOOST_OUTCOME_CO_TRY(auto first, co_await shown().within(1h));
        EXPECT_EQ(first, "1h");
        BOOST_OUTCOME_CO_TRY(auto second, co_await shown().within(20min));
        EXPECT_EQ(second, "20min");
        BOOST_OUTCOME_CO_TRY(auto again, co_await shown());
        EXPECT_EQ(again, "0");
        co_return success();
    });
}

using server_deadlines_of_locks = cancelling;

TEST_F(server_deadlines_of_locks, that_the_server_is_first_to_notice_are_deadlines_all_the_same) {
    with_connection(config().server_deadlines(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto pid, co_await c.fetch_one<int>("select pg_backend_pid()"));
        started late(c.execute(unchecked_sql(wait_for_lock)).within(1s));
        co_await until_blocked(judge_, c);
        const auto is_active = "select count(*) from pg_stat_activity where state = 'active' and pid = " + std::to_string(pid);
        while (judge_.value(is_active) != "0") { // as a client that is busy with something else
        }
        const auto told = co_await late.get();
        EXPECT_EQ(error_of(told), errc::timed_out) << error_of(told);
        EXPECT_TRUE(error_of(told).outcome_unknown());
        unlock();
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST(server_deadlines, survive_what_else_changes_the_setting) {
    pgcoro::connect_config where(shared_server().dsn());
    with_connection(where.server_deadlines(), [](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1").within(1h));
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1").within(10min));
            BOOST_OUTCOME_CO_TRY(co_await tx.rollback().within(10min));
        }
        BOOST_OUTCOME_CO_TRY(auto after_rollback, co_await c.fetch_one<std::string>("show statement_timeout").within(10min));
        EXPECT_EQ(after_rollback, "10min");
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set statement_timeout = 7000").within(10min));
        BOOST_OUTCOME_CO_TRY(auto after_set, co_await c.fetch_one<std::string>("show statement_timeout").within(10min));
        EXPECT_EQ(after_set, "10min");
        BOOST_OUTCOME_CO_TRY(co_await c.execute("discard all").within(10min));
        BOOST_OUTCOME_CO_TRY(auto after_discard, co_await c.fetch_one<std::string>("show statement_timeout").within(10min));
        EXPECT_EQ(after_discard, "10min");
        co_return success();
    });
}

// What was set in the transaction is undone with it, though no command tag says so.
TEST(server_deadlines, survive_a_commit_that_fails) {
    pgcoro::connect_config where(shared_server().dsn());
    with_connection(where.server_deadlines(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(
            co_await c.execute("create temp table unique_at_last (id int unique deferrable initially deferred)"));
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into unique_at_last values (1), (1)").within(1h));
        EXPECT_EQ(error_of(co_await tx.commit()), pgcoro::sqlstate::unique_violation);
        BOOST_OUTCOME_CO_TRY(auto after_commit, co_await c.fetch_one<std::string>("show statement_timeout"));
        EXPECT_EQ(after_commit, "0");
        co_return success();
    });
}

// The statement behind a transaction that was dropped is sent before the server has said what the ROLLBACK undid.
TEST(server_deadlines, survive_a_transaction_that_is_dropped) {
    pgcoro::connect_config where(shared_server().dsn());
    with_connection(where.server_deadlines(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table seen (what text)"));
        std::optional<started<pgcoro::command_tag>> last; // in flight, so that the ROLLBACK and what follows go behind it
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1").within(1h)); // set before the BEGIN
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 2"));            // reset in the transaction
            last.emplace(tx.execute("select 3"));
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into seen values (current_setting('statement_timeout'))"));
        BOOST_OUTCOME_CO_TRY(auto after_drop, co_await c.fetch_one<std::string>("select what from seen"));
        EXPECT_EQ(after_drop, "0");
        co_return success();
    });
}

TEST(server_deadlines, set_before_a_transaction_that_is_dropped_are_reset_behind_it) {
    pgcoro::connect_config where(shared_server().dsn());
    with_connection(where.server_deadlines(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table seen (what text)"));
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1").within(1h));
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into seen values (current_setting('statement_timeout'))"));
        BOOST_OUTCOME_CO_TRY(auto after_drop, co_await c.fetch_one<std::string>("select what from seen"));
        EXPECT_EQ(after_drop, "0");
        co_return success();
    });
}

// The description of a statement asks for a type, and that question goes before it.
TEST(server_deadlines, let_types_be_looked_up_in_a_transaction) {
    pgcoro::connect_config where(shared_server().dsn());
    libpq_session judge(shared_server().dsn());
    judge.value("drop type if exists deadline_kind");
    judge.value("create type deadline_kind as enum ('a')");
    with_connection(where.server_deadlines(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await tx.fetch("select 'a'::deadline_kind"));
        EXPECT_EQ(rows[0][0].as<std::string>().value(), "a");
        co_return co_await tx.commit();
    });
    judge.value("drop type deadline_kind");
}

// What is asked about a statement's columns before it is sent waits for the lock of its table, too.
TEST(server_deadlines, of_one_statement_do_not_end_the_description_of_the_next) {
    pgcoro::connect_config where(shared_server().dsn());
    libpq_session judge(shared_server().dsn());
    libpq_session holder(shared_server().dsn());
    judge.value("drop table if exists locked_for_long");
    judge.value("create table locked_for_long (a int)");
    with_connection(where.server_deadlines(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1").within(1s));
        holder.value("begin");
        holder.value("lock table locked_for_long");
        started opening(c.stream<int>("select a from locked_for_long"));
        const auto waits_longer = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and clock_timestamp() >"
                                  " query_start + interval '1500 ms' and pid = " +
                                  std::to_string(c.backend_pid());
        co_await until_true([&] { return opening.is_complete() || judge.value(waits_longer) == "1"; });
        holder.value("rollback");
        auto opened = co_await opening.get();
        EXPECT_FALSE(error_of(opened)) << error_of(opened);
        co_return success();
    });
    judge.value("drop table locked_for_long");
}

TEST(server_deadlines, cost_no_round_trip_and_are_said_once) {
    asio::io_context loop(1);
    proxy between(loop, shared_server());
    auto where = between.config();
    where.server_deadlines();
    const auto body = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(where));
        const auto before = between.heard('S');
        BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("select 1")).within(1h));
        EXPECT_EQ(between.heard('S') - before, 2u);
        for (int i = 0; i < 10; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("select 1")).within(1h));
        }
        EXPECT_EQ(between.heard('S') - before, 12u);
        co_return success();
    };
    pgcoro::test::run(loop, body);
}

} // namespace
