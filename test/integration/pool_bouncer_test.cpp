// SPDX-License-Identifier: BSL-1.0
// A pool in front of a PgBouncer, with the settings docs/pool.md gives for that.
#include "support/bouncer.hpp"
#include "support/libpq_session.hpp"
#include "support/pooling.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::task;

TEST(pool_bouncer, statements_run_in_transaction_mode) {
    const bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    pool_options options;
    options.max_size = 4;
    options.behind_pooler = true;
    const long names = b.announces_itself() ? 2 : 0; // it says that it keeps them apart
    with_pool(b.config(), options, [&](pool& db) -> task<> {
        std::vector<started<int>> all;
        for (int i = 0; i < 200; ++i) {
            all.emplace_back(db.fetch_one<int>("select $1 + 1", i));
        }
        for (int i = 0; i < 200; ++i) {
            BOOST_OUTCOME_CO_TRY(auto answer, co_await all[static_cast<std::size_t>(i)].get());
            EXPECT_EQ(answer, i + 1);
        }
        BOOST_OUTCOME_CO_TRY(auto known, co_await db.fetch_one<long>("select count(*) from pg_prepared_statements"));
        EXPECT_EQ(known, names);
        co_return success();
    });
}

TEST(pool_bouncer, a_transaction_left_open_gives_its_server_connection_back) {
    const bouncer b(shared_server(), "transaction"); // one server connection for all
    ASSERT_TRUE(b.is_running());
    pool_options options;
    options.max_size = 2;
    options.behind_pooler = true;
    with_pool(b.config(), options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("select 1"));
        started other(db.fetch_one<int>("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("select 1"));
        EXPECT_FALSE(other.is_complete());
        mine.release();
        BOOST_OUTCOME_CO_TRY(auto one, co_await other.get());
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(pool_bouncer, transactions_and_savepoints_run_in_transaction_mode) {
    const bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    libpq_session judge(shared_server().dsn());
    judge.value("drop table if exists bounced; create table bounced (id int)");
    pool_options options;
    options.max_size = 2;
    options.behind_pooler = true;
    with_pool(b.config(), options, [](pool& db) -> task<> {
        for (int turn = 0; turn < 5; ++turn) {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("set local statement_timeout = '10s'"));
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into bounced values (1)"));
            {
                BOOST_OUTCOME_CO_TRY(auto inner, co_await tx.begin());
                BOOST_OUTCOME_CO_TRY(co_await inner.execute("insert into bounced values (2)"));
            }
            BOOST_OUTCOME_CO_TRY(co_await tx.commit());
            BOOST_OUTCOME_CO_TRY(auto dropped, co_await db.begin());
            BOOST_OUTCOME_CO_TRY(co_await dropped.execute("insert into bounced values (3)"));
        }
        co_return success();
    });
    EXPECT_EQ(judge.value("select count(*) || ' ' || sum(id) from bounced"), "5 5");
}

TEST(pool_bouncer, one_that_was_killed_is_connected_to_again) {
    bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    with_pool(b.config(), pool_options(), [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        b.restart();
        auto first = co_await db.fetch_one<int>("select 2"); // the connection was in use a moment ago, and is not asked
        EXPECT_TRUE(first || error_of(first).connection_lost()) << error_of(first);
        BOOST_OUTCOME_CO_TRY(auto next, co_await db.fetch_one<int>("select 3"));
        EXPECT_EQ(next, 3);
        co_return success();
    });
}

TEST(pool_bouncer, settings_of_ours_are_left_to_nobody) {
    const bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    pool_options options;
    options.behind_pooler = true;
    with_pool(b.config().server_deadlines(), options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto limit,
                             co_await db.fetch_one<std::string>("show statement_timeout").within(std::chrono::hours(1)));
        EXPECT_EQ(limit, "0");
        co_return success();
    });
}

TEST(pool_bouncer, what_cannot_work_in_transaction_mode_is_refused_before_it_is_sent) {
    const bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    pool_options options;
    options.max_size = 1;
    options.behind_pooler = true;
    with_pool(b.config(), options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        for (const char* const text :
             {"set work_mem = '1MB'", "listen news", "select pg_advisory_lock(1)", "prepare p as select 1",
              "create temp table t (id int)", "select set_config('work_mem', '1MB', false)"}) {
            const pgcoro::unchecked_sql sql(text);
            auto refused = co_await mine.execute(sql);
            EXPECT_EQ(error_of(refused), pgcoro::errc::not_multiplexable) << text;
            EXPECT_TRUE(error_of(refused).is(pgcoro::error::nothing_sent)) << text;
        }
        mine.release();
        auto alone = co_await db.execute("begin");
        EXPECT_EQ(error_of(alone), pgcoro::errc::not_multiplexable);
        BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
        auto inside = co_await tx.execute("set work_mem = '1MB'");
        EXPECT_EQ(error_of(inside), pgcoro::errc::not_multiplexable);
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        co_return co_await tx.commit();
    });
}

} // namespace
