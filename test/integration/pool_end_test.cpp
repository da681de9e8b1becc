// SPDX-License-Identifier: BSL-1.0
// How a pool shrinks, closes, and goes. AddressSanitizer sees what is left behind.
#include "support/judge.hpp"
#include "support/pooling.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <optional>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::pooled_connection;
using pgcoro::result;
using pgcoro::task;

TEST(pool_end, a_pool_that_keeps_nothing_closes_each_connection_after_use) {
    libpq_session judge(shared_server().dsn());
    pool_options options;
    options.max_idle = 0;
    with_pool(named("kept_not"), options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto first, co_await db.fetch_one<int>("select pg_backend_pid()"));
        BOOST_OUTCOME_CO_TRY(auto second, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_NE(first, second);
        co_await until(judge, "select 0 = (" + count_of("kept_not") + ")");
        co_return success();
    });
}

TEST(pool_end, what_nobody_uses_is_closed) {
    libpq_session judge(shared_server().dsn());
    pool_options options;
    options.idle_timeout = 1ms;
    with_pool(named("resting"), options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        co_await until(judge, "select 0 = (" + count_of("resting") + ")");
        co_return success();
    });
}

TEST(pool_end, draining_replaces_all_connections) {
    with_pool(pool_options(), [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto before, co_await db.fetch_one<int>("select pg_backend_pid()"));
        db.drain();
        BOOST_OUTCOME_CO_TRY(auto after, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_NE(before, after);
        co_return success();
    });
}

TEST(pool_end, closing_waits_for_those_who_borrowed) {
    libpq_session judge(shared_server().dsn());
    pool_options options;
    options.max_size = 1;
    with_pool(named("closing"), options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        started waiting(db.execute("select"));
        started closing(db.close(1h));
        auto refused = co_await waiting.get();
        EXPECT_EQ(error_of(refused), errc::pool_closed);
        EXPECT_TRUE(error_of(refused).safe_to_retry());
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("select"));
        EXPECT_FALSE(closing.is_complete());
        mine.release();
        auto closed = co_await closing.get();
        EXPECT_TRUE(closed);
        co_await until(judge, "select 0 = (" + count_of("closing") + ")");
        auto late = co_await db.execute("select");
        EXPECT_EQ(error_of(late), errc::pool_closed);
        auto again = co_await db.close();
        EXPECT_TRUE(again);
        co_return success();
    });
}

TEST(pool_end, closing_cuts_those_who_take_too_long) {
    with_pool(pool_options(), [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        started statement(db.execute("select pg_sleep(1000)"));
        started borrowed(mine.execute("select pg_sleep(1000)"));
        for (pgcoro::pool_health health; health.in_use != 2;) {
            BOOST_OUTCOME_CO_TRY(health, co_await db.health());
        }
        BOOST_OUTCOME_CO_TRY(co_await db.close(1ms));
        auto first = co_await statement.get();
        EXPECT_EQ(error_of(first), errc::connection_closed);
        auto second = co_await borrowed.get();
        EXPECT_EQ(error_of(second), errc::connection_closed);
        EXPECT_FALSE(mine.is_open());
        auto late = co_await mine.execute("select");
        EXPECT_EQ(error_of(late), errc::connection_closed);
        co_return success();
    });
}

TEST(pool_end, a_borrowed_connection_outlives_the_pool) {
    libpq_session judge(shared_server().dsn());
    const auto body = [&]() -> task<> {
        std::optional<pool> db;
        db.emplace(co_await asio::this_coro::executor, named("orphan"), pool_options());
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db->acquire());
        started statement(db->fetch_one<int>("select 1 from pg_sleep(0.01)"));
        for (pgcoro::pool_health health; health.in_use != 2;) {
            BOOST_OUTCOME_CO_TRY(health, co_await db->health());
        }
        db.reset();
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("select"));
        auto outcome = co_await statement.get();
        EXPECT_TRUE(outcome);
        mine.release();
        co_await until(judge, "select 0 = (" + count_of("orphan") + ")");
        co_return success();
    };
    run(body);
}

TEST(pool_end, who_waits_when_the_pool_is_destroyed_is_told) {
    const auto body = [&]() -> task<> {
        pool_options options;
        options.max_size = 1;
        options.acquire_timeout = 0ms;
        std::optional<pool> db;
        db.emplace(co_await asio::this_coro::executor, shared_server().dsn(), options);
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db->acquire());
        started first(db->execute("select"));
        started second(db->acquire());
        auto made = db->execute("select");
        db.reset();
        auto one = co_await first.get();
        EXPECT_EQ(error_of(one), errc::pool_closed);
        auto two = co_await second.get();
        EXPECT_EQ(error_of(two), errc::pool_closed);
        auto three = co_await std::move(made);
        EXPECT_EQ(error_of(three), errc::pool_closed);
        EXPECT_EQ(first.completions() + second.completions(), 2);
        co_return success();
    };
    run(body);
}

TEST(pool_end, a_pool_destroyed_while_it_connects_leaves_nothing) {
    const auto body = [&]() -> task<> {
        std::optional<pool> db;
        db.emplace(co_await asio::this_coro::executor, shared_server().dsn(), pool_options());
        started waiting(db->execute("select"));
        co_await until_sent();
        db.reset();
        auto outcome = co_await waiting.get();
        EXPECT_EQ(error_of(outcome), errc::pool_closed);
        co_return success();
    };
    run(body);
}

class pool_loop_end : public testing::TestWithParam<bool> {};

// Borrowed, running on the pool, waiting, opening, closing; in coroutines and in plain handlers.
TEST_P(pool_loop_end, with_everything_going_on_frees_everything) {
    const auto alive = std::make_shared<int>();
    {
        asio::io_context loop(1);
        std::optional<pool> outside;
        const auto body = [&]() -> asio::awaitable<void> {
            pool_options options;
            options.max_size = 2;
            options.acquire_timeout = 0ms;
            pool inside(loop.get_executor(), shared_server().dsn(), options);
            pool& db = GetParam() ? outside.emplace(std::move(inside)) : inside;
            auto mine = co_await db.acquire();
            EXPECT_TRUE(mine);
            db.execute("select pg_sleep(1000)")([alive](result<pgcoro::command_tag>) { ADD_FAILURE(); });
            for (pgcoro::pool_health health; health.in_use != 2;) {
                health = (co_await db.health()).value();
            }
            db.execute("select 1")([alive](result<pgcoro::command_tag>) { ADD_FAILURE(); });
            db.acquire()([alive](result<pooled_connection>) { ADD_FAILURE(); });
            db.open()([alive](result<>) { ADD_FAILURE(); });
            loop.stop();
            auto never = co_await db.acquire();
            ADD_FAILURE();
        };
        asio::co_spawn(loop, body, asio::detached);
        loop.run_for(patience);
        EXPECT_TRUE(loop.stopped());
    }
    EXPECT_EQ(alive.use_count(), 1);
}

TEST_P(pool_loop_end, while_it_closes_frees_everything) {
    const auto alive = std::make_shared<int>();
    {
        asio::io_context loop(1);
        std::optional<pool> outside;
        const auto body = [&]() -> asio::awaitable<void> {
            pool inside(loop.get_executor(), shared_server().dsn());
            pool& db = GetParam() ? outside.emplace(std::move(inside)) : inside;
            auto mine = co_await db.acquire();
            EXPECT_TRUE(mine);
            loop.stop();
            auto never = co_await db.close();
            ADD_FAILURE();
        };
        asio::co_spawn(loop, body, asio::detached);
        loop.run_for(patience);
        EXPECT_TRUE(loop.stopped());
    }
    EXPECT_EQ(alive.use_count(), 1);
}

INSTANTIATE_TEST_SUITE_P(pool_in_coroutine, pool_loop_end, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(pool_outside, pool_loop_end, testing::Values(true));

} // namespace
