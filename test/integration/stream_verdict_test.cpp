// SPDX-License-Identifier: BSL-1.0
// What is told of COPY and of scripts that end before their time is true: nobody is told to try again what has been done.
#include "support/judge.hpp"
#include "support/pooling.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>

#include <string>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::unchecked_sql;

class stream_verdict : public testing::Test {
protected:
    stream_verdict() {
        judge_.value("set client_min_messages = warning; drop table if exists kept; create table kept (id int)");
    }
    ~stream_verdict() override {
        // Triggers that sleep hold the table.
        judge_.value("select count(pg_terminate_backend(pid, 20000)) from pg_stat_activity where wait_event = 'PgSleep'");
    }

    std::string kept() { return judge_.value("select count(*) from kept"); }
    asio::awaitable<void> until_asleep(int pid) {
        return until(judge_, "select wait_event = 'PgSleep' from pg_stat_activity where pid = " + std::to_string(pid));
    }

    libpq_session judge_{shared_server().dsn()};
};

TEST_F(stream_verdict, a_script_that_has_committed_is_in_doubt_when_its_session_ends) {
    for (const char* const script : {"begin; insert into kept values (1); commit; select pg_sleep(1000)",
                                     "insert into kept values (1); commit; select pg_sleep(1000)"}) {
        judge_.value("truncate kept");
        with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
            started running(c.run_script(script));
            co_await until_sent();
            co_await until_asleep(c.backend_pid());
            terminate(judge_, c);
            const auto why = error_of(co_await running.get());
            EXPECT_EQ(why, sqlstate::admin_shutdown);
            EXPECT_EQ(kept(), "1");
            EXPECT_TRUE(why.outcome_unknown());
            EXPECT_FALSE(why.safe_to_retry());
            co_return success();
        });
    }
}

TEST_F(stream_verdict, a_script_that_has_not_committed_is_safe_to_retry_when_its_session_ends) {
    for (const char* const script : {"begin; insert into kept values (1); select pg_sleep(1000); commit",
                                     "insert into kept values (1); select pg_sleep(1000)"}) {
        with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
            started running(c.run_script(script));
            co_await until_sent();
            co_await until_asleep(c.backend_pid());
            terminate(judge_, c);
            const auto why = error_of(co_await running.get());
            EXPECT_EQ(why, sqlstate::admin_shutdown);
            EXPECT_EQ(kept(), "0");
            EXPECT_FALSE(why.safe_to_retry() && why.outcome_unknown());
            co_return success();
        });
    }
}

TEST_F(stream_verdict, a_script_that_fails_after_a_commit_is_not_to_be_repeated) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        const auto why = error_of(co_await c.run_script("begin; insert into kept values (1); commit; "
                                                        "do $$ begin raise exception 'no' using errcode = '40001'; end $$"));
        EXPECT_EQ(why, sqlstate::serialization_failure);
        EXPECT_EQ(kept(), "1");
        EXPECT_FALSE(why.safe_to_retry());
        EXPECT_TRUE(why.outcome_unknown());
        const auto before =
            error_of(co_await c.run_script("insert into kept values (2); "
                                           "do $$ begin raise exception 'no' using errcode = '40001'; end $$; commit"));
        EXPECT_TRUE(before.safe_to_retry());
        EXPECT_EQ(kept(), "1");
        co_return success();
    });
}

TEST_F(stream_verdict, a_script_that_commits_its_transaction_and_is_cut_off_is_in_doubt) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        started running(tx.run_script("insert into kept values (1); commit; select pg_sleep(1000)"));
        co_await until_sent();
        co_await until_asleep(c.backend_pid());
        terminate(judge_, c);
        const auto why = error_of(co_await running.get());
        EXPECT_EQ(kept(), "1");
        EXPECT_TRUE(why.outcome_unknown()) << why.describe();
        EXPECT_FALSE(why.safe_to_retry());
        co_return success();
    });
}

TEST_F(stream_verdict, a_script_with_a_copy_to_the_client_is_not_begun) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        const auto why = error_of(co_await c.run_script("insert into kept values (1); copy kept to stdout"));
        EXPECT_EQ(why, errc::copy_not_supported);
        EXPECT_EQ(kept(), "0");
        co_return success();
    });
}

TEST_F(stream_verdict, a_copy_whose_end_is_not_awaited_is_in_doubt) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        judge_.value(
            "create or replace function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1000); "
            "return null; end $$; create trigger slow after insert on kept for each statement execute function slow()");
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy kept from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n"));
        const auto why = error_of(co_await writer.finish().within(100ms));
        EXPECT_EQ(why, errc::timed_out);
        EXPECT_TRUE(why.outcome_unknown());
        terminate(judge_, c);
        co_return success();
    });
}

TEST_F(stream_verdict, what_is_written_after_the_end_is_an_error) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy kept from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n"));
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        EXPECT_TRUE(error_of(co_await writer.write("2\n")));
        BOOST_OUTCOME_CO_TRY(auto again, co_await writer.finish());
        EXPECT_EQ(again, "COPY 1");
        EXPECT_EQ(kept(), "1");
        co_return success();
    });
}

TEST_F(stream_verdict, the_server_s_word_is_the_error_of_a_copy) {
    for (const bool writes : {false, true}) {
        with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy kept from stdin"));
            BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n"));
            terminate(judge_, c);
            pgcoro::error why;
            const std::string row(100000, '\n');
            while (writes && !why) {
                why = error_of(co_await writer.write(row));
            }
            if (!writes) {
                why = error_of(co_await writer.finish());
            }
            EXPECT_EQ(why, sqlstate::admin_shutdown) << why.describe();
            EXPECT_FALSE(why.outcome_unknown());
            EXPECT_TRUE(why.safe_to_retry());
            co_return success();
        });
    }
}

TEST_F(stream_verdict, a_copy_that_a_trigger_holds_up_can_be_dropped) {
    judge_.value(
        "create or replace function doze() returns trigger language plpgsql as $$ begin perform pg_sleep(1000); return "
        "new; end $$; create trigger doze before insert on kept for each row execute function doze()");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        std::string rows;
        for (int i = 0; i < 1000000; ++i) {
            rows += "1234567\n";
        }
        {
            BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy kept from stdin"));
            started writing(writer.write(rows));
            co_await until_sent();
            co_await until_asleep(c.backend_pid());
        }
        const auto why = error_of(co_await c.fetch_one<int>("select 1"));
        EXPECT_FALSE(why) << why.describe();
        co_return success();
    });
}

TEST_F(stream_verdict, a_script_that_changes_the_session_leaves_nothing_on_a_pool) {
    pgcoro::pool_options options;
    options.max_size = 1;
    with_pool(options, [](pgcoro::pool& pool) -> task<> {
        BOOST_OUTCOME_CO_TRY(
            co_await pool.run_script("select 1; set work_mem = '77MB'; create temp table left_by_a_script ()"));
        BOOST_OUTCOME_CO_TRY(auto memory, co_await pool.fetch_one<std::string>("show work_mem"));
        EXPECT_NE(memory, "77MB");
        BOOST_OUTCOME_CO_TRY(auto left, co_await pool.fetch_one<bool>("select to_regclass('left_by_a_script') is not null"));
        EXPECT_FALSE(left);
        BOOST_OUTCOME_CO_TRY(co_await pool.run_script("select 1; prepare left_by_it as select 1"));
        BOOST_OUTCOME_CO_TRY(auto statements, co_await pool.fetch_one<std::int64_t>(
                                                  "select count(*) from pg_prepared_statements where name = 'left_by_it'"));
        EXPECT_EQ(statements, 0);
        co_return success();
    });
}

TEST_F(stream_verdict, a_script_that_changes_the_session_is_refused_behind_a_pooler) {
    pgcoro::pool_options options;
    options.behind_pooler = true;
    with_pool(options, [](pgcoro::pool& pool) -> task<> {
        EXPECT_EQ(error_of(co_await pool.run_script("select 1; set work_mem = '77MB'")), errc::not_multiplexable);
        BOOST_OUTCOME_CO_TRY(co_await pool.run_script("select 1; select 2"));
        co_return success();
    });
}

} // namespace
