// SPDX-License-Identifier: BSL-1.0
// What a borrower leaves behind, the next does not find.
#include "support/judge.hpp"
#include "support/pooling.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <stdexcept>
#include <string>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::reset_policy;
using pgcoro::task;

/// With one connection, so that the next borrower gets the same.
pool_options alone(reset_policy policy = reset_policy::automatic) {
    pool_options options;
    options.max_size = 1;
    options.reset = policy;
    return options;
}

TEST(pool_reset, a_transaction_left_open_is_rolled_back) {
    libpq_session judge(shared_server().dsn());
    judge.value("drop table if exists left_open; create table left_open (id int)");
    with_pool(alone(reset_policy::none), [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        const int pid = mine.backend_pid();
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("insert into left_open values (1)"));
        mine.release();
        BOOST_OUTCOME_CO_TRY(auto rows, co_await db.fetch_one<long>("select count(*) from left_open"));
        EXPECT_EQ(rows, 0);
        BOOST_OUTCOME_CO_TRY(auto same, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_EQ(same, pid);
        BOOST_OUTCOME_CO_TRY(auto stats, co_await db.statistics());
        EXPECT_EQ(stats.returns_bad, 1u);
        co_return success();
    });
}

TEST(pool_reset, so_is_one_that_an_error_aborted) {
    with_pool(alone(), [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("begin"));
        auto failed = co_await mine.execute("select 1 / 0");
        EXPECT_FALSE(failed);
        mine.release();
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        co_return success();
    });
}

TEST(pool_reset, so_is_one_begun_by_a_statement_on_the_pool) {
    with_pool(alone(), [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("begin"));
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        EXPECT_EQ(mine.transaction_status(), pgcoro::transaction_status::idle);
        co_return success();
    });
}

TEST(pool_reset, statements_in_flight_are_waited_for) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(30)");
    with_pool(alone(), [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        const auto pid = std::to_string(mine.backend_pid());
        started blocked(mine.execute("select pg_advisory_xact_lock(30)"));
        co_await until_sent();
        mine.release();
        started next(db.fetch_one<std::string>("select pg_backend_pid()::text"));
        co_await until(judge, "select wait_event_type = 'Lock' from pg_stat_activity where pid = " + pid);
        EXPECT_FALSE(next.is_complete());
        judge.value("select pg_advisory_unlock(30)");
        auto done = co_await blocked.get();
        EXPECT_TRUE(done);
        BOOST_OUTCOME_CO_TRY(auto same, co_await next.get());
        EXPECT_EQ(same, pid);
        co_return success();
    });
}

TEST(pool_reset, a_connection_that_does_not_get_ready_in_time_is_closed) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(31)");
    auto options = alone();
    options.reset_timeout = 20ms;
    with_pool(options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        const int pid = mine.backend_pid();
        started blocked(mine.execute("select pg_advisory_xact_lock(31)"));
        co_await until_sent();
        mine.release();
        BOOST_OUTCOME_CO_TRY(auto other, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_NE(other, pid);
        auto lost = co_await blocked.get();
        EXPECT_EQ(error_of(lost), errc::connection_closed);
        co_return success();
    });
    judge.value("select pg_advisory_unlock(31)");
}

TEST(pool_reset, what_changed_the_session_is_undone_and_prepared_statements_stay) {
    libpq_session judge(shared_server().dsn());
    with_pool(alone(), [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        const auto pid = std::to_string(mine.backend_pid());
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("set application_name = 'somebody'"));
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("listen gossip"));
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("create temp table scratch (id int)"));
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("select pg_advisory_lock(32)"));
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("declare left_over cursor with hold for select 1"));
        mine.release();
        using row = std::tuple<std::string, std::string, long, bool, long>;
        BOOST_OUTCOME_CO_TRY(auto found,
                             co_await db.fetch_one<row>("select pg_backend_pid()::text, "
                                                        "current_setting('application_name'),"
                                                        "(select count(*) from pg_listening_channels()),"
                                                        "to_regclass('scratch') is null,"
                                                        "(select count(*) from pg_cursors where name = 'left_over')"));
        EXPECT_EQ(found, row(pid, "", 0, true, 0));
        EXPECT_EQ(judge.value("select count(*) from pg_locks where locktype = 'advisory' and pid = " + pid), "0");
        BOOST_OUTCOME_CO_TRY(auto kept, co_await db.fetch_one<long>("select count(*) from pg_prepared_statements"));
        EXPECT_GT(kept, 1);
        co_return success();
    });
}

TEST(pool_reset, what_was_set_up_is_set_up_again) {
    auto options = alone();
    options.on_connect = [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set search_path = somewhere"));
        co_return success();
    };
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto before, co_await db.fetch_one<int>("select pg_backend_pid()"));
        BOOST_OUTCOME_CO_TRY(co_await db.execute("set search_path = elsewhere"));
        BOOST_OUTCOME_CO_TRY(auto path, co_await db.fetch_one<std::string>("select current_setting('search_path')"));
        EXPECT_EQ(path, "somewhere");
        BOOST_OUTCOME_CO_TRY(auto after, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_EQ(before, after);
        co_return success();
    });
}

TEST(pool_reset, statements_prepared_in_sql_are_gone) {
    with_pool(alone(), [](pool& db) -> task<> {
        for (int i = 0; i < 2; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await db.execute("prepare mine as select 1"));
        }
        co_return success();
    });
}

TEST(pool_reset, discard_all_forgets_everything) {
    with_pool(alone(reset_policy::discard_all), [](pool& db) -> task<> {
        for (int i = 0; i < 3; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        }
        BOOST_OUTCOME_CO_TRY(auto kept, co_await db.fetch_one<long>("select count(*) from pg_prepared_statements"));
        EXPECT_EQ(kept, 1) << "this very statement";
        co_return success();
    });
}

TEST(pool_reset, without_a_policy_settings_stay) {
    with_pool(alone(reset_policy::none), [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("set application_name = 'somebody'"));
        BOOST_OUTCOME_CO_TRY(auto name, co_await db.fetch_one<std::string>("select current_setting('application_name')"));
        EXPECT_EQ(name, "somebody");
        co_return success();
    });
}

TEST(pool_reset, a_hook_takes_the_policys_place) {
    auto options = alone();
    options.reset_hook = [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set application_name = 'cleaned'"));
        co_return success();
    };
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("begin"));
        BOOST_OUTCOME_CO_TRY(auto name, co_await db.fetch_one<std::string>("select current_setting('application_name')"));
        EXPECT_EQ(name, "cleaned");
        co_return success();
    });
}

class pool_reset_hooks : public testing::TestWithParam<int> {};

TEST_P(pool_reset_hooks, that_fail_cost_the_connection) {
    auto options = alone();
    options.reset_timeout = 100ms;
    const std::function<task<>(connection&)> hooks[] = {
        [](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1 / 0"));
            co_return success();
        },
        [](connection&) -> task<> {
            throw std::runtime_error("no");
            co_return success();
        },
        [](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(co_await c.execute("select pg_sleep(1000)"));
            co_return success();
        },
        [](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
            co_return success();
        },
    };
    options.reset_hook = hooks[GetParam()];
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto first, co_await db.fetch_one<int>("select pg_backend_pid()"));
        BOOST_OUTCOME_CO_TRY(auto second, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_NE(first, second);
        co_return success();
    });
}

INSTANTIATE_TEST_SUITE_P(error_throw_sleep_begin, pool_reset_hooks, testing::Range(0, 4));

TEST(pool_reset, one_that_is_discarded_is_closed) {
    libpq_session judge(shared_server().dsn());
    with_pool(alone(), [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        const auto pid = std::to_string(mine.backend_pid());
        mine.discard();
        co_await until(judge, "select count(*) = 0 from pg_stat_activity where pid = " + pid);
        BOOST_OUTCOME_CO_TRY(auto other, co_await db.fetch_one<std::string>("select pg_backend_pid()::text"));
        EXPECT_NE(other, pid);
        co_return success();
    });
}

} // namespace
