// SPDX-License-Identifier: BSL-1.0
// Many callers on one connection: their statements reach the server in the order they were started, each a transaction of its
// own, and each caller gets the answer to its question.
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <numeric>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::sqlstate;
using pgcoro::task;

TEST(engine_order, is_that_of_the_starts) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table arrivals (position serial, caller int)"));
        std::vector<started<int>> inserts;
        for (int caller = 0; caller < 300; ++caller) {
            inserts.emplace_back(c.fetch_one<int>("insert into arrivals (caller) values ($1) returning position", caller));
        }
        for (int caller = 0; caller < 300; ++caller) {
            BOOST_OUTCOME_CO_TRY(auto position, co_await inserts[static_cast<std::size_t>(caller)].get());
            EXPECT_EQ(position, caller + 1);
        }
        BOOST_OUTCOME_CO_TRY(auto callers, co_await c.fetch<int>("select caller from arrivals order by position"));
        std::vector<int> expected(300);
        std::iota(expected.begin(), expected.end(), 0);
        EXPECT_EQ(callers, expected);
        co_return success();
    });
}

TEST(engine_order, holds_for_statements_batches_and_many_rows_alike) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table arrivals (position serial, caller int)"));
        const std::vector<int> many{3, 4, 5};
        started one(c.execute("insert into arrivals (caller) values (1)"));
        started batch(c.batch(pgcoro::execute("insert into arrivals (caller) values (2)"), pgcoro::execute("select")));
        started rows(c.execute_many("insert into arrivals (caller) values ($1)", many));
        started last(c.fetch<int>("insert into arrivals (caller) values (6), (7) returning caller"));
        BOOST_OUTCOME_CO_TRY(co_await last.get());
        EXPECT_TRUE(one.is_complete() && batch.is_complete() && rows.is_complete());
        BOOST_OUTCOME_CO_TRY(auto callers, co_await c.fetch<int>("select caller from arrivals order by position"));
        EXPECT_EQ(callers, (std::vector<int>{1, 2, 3, 4, 5, 6, 7}));
        co_return success();
    });
}

TEST(engine_order, each_statement_has_a_sync_of_its_own) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (id int primary key)"));
        std::vector<started<pgcoro::command_tag>> inserts;
        for (int id : {1, 2, 2, 3, 1, 4}) {
            inserts.emplace_back(c.execute("insert into kept values ($1)", id));
        }
        std::vector<bool> succeeded;
        for (const auto& i : inserts) {
            auto r = co_await i.get();
            succeeded.push_back(r.has_value());
            EXPECT_TRUE(r || r.error() == sqlstate::unique_violation) << error_of(r);
        }
        EXPECT_EQ(succeeded, (std::vector<bool>{true, true, false, true, false, true}));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch<int>("select id from kept order by id"));
        EXPECT_EQ(rows, (std::vector<int>{1, 2, 3, 4}));
        co_return success();
    });
}

TEST(engine_order, a_thousand_coroutines_get_their_own_answers) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        int wrong = 0;
        int ended = 0;
        const auto ask = [&](int n) -> asio::awaitable<void> {
            for (int round = 0; round < 5; ++round) {
                auto one = co_await c.fetch_one<int>("select $1 + 1", n);
                auto text = co_await c.fetch_one<std::string>("select $1::text || '!'", std::to_string(n));
                wrong += one && one.value() == n + 1 && text && text.value() == std::to_string(n) + "!" ? 0 : 1;
            }
            ++ended;
        };
        const auto executor = co_await asio::this_coro::executor;
        for (int n = 0; n < 1000; ++n) {
            asio::co_spawn(executor, ask(n), asio::detached);
        }
        while (ended != 1000) {
            BOOST_OUTCOME_CO_TRY(co_await c.execute("select"));
        }
        EXPECT_EQ(wrong, 0);
        co_return success();
    });
}

// More than may be in flight wait in our queue.
TEST(engine_order, of_five_thousand_at_once_is_kept) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        std::vector<started<int>> all;
        for (int n = 0; n < 5000; ++n) {
            all.emplace_back(c.fetch_one<int>("select $1::int4", n));
        }
        for (int n = 0; n < 5000; ++n) {
            BOOST_OUTCOME_CO_TRY(auto r, co_await all[static_cast<std::size_t>(n)].get());
            EXPECT_EQ(r, n);
        }
        co_return success();
    });
}

TEST(engine_order, changes_between_one_and_several_coroutines_mix_nothing_up) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (int round = 0; round < 5; ++round) {
            for (int n = 0; n < 25; ++n) {
                BOOST_OUTCOME_CO_TRY(auto r, co_await c.fetch_one<int>("select $1::int4", n));
                EXPECT_EQ(r, n);
            }
            std::vector<started<int>> several;
            for (int n = 0; n < 3; ++n) {
                several.emplace_back(c.fetch_one<int>("select $1::int4", n));
            }
            for (int n = 0; n < 3; ++n) {
                BOOST_OUTCOME_CO_TRY(auto r, co_await several[static_cast<std::size_t>(n)].get());
                EXPECT_EQ(r, n);
            }
        }
        co_return success();
    });
}

TEST(engine_order, notifications_that_arrive_disturb_nothing) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("listen pgcoro_test"));
        for (int n = 0; n < 40; ++n) {
            BOOST_OUTCOME_CO_TRY(co_await c.execute("select pg_notify('pgcoro_test', repeat('x', 5000))"));
            BOOST_OUTCOME_CO_TRY(auto r, co_await c.fetch_one<int>("select $1::int4", n));
            EXPECT_EQ(r, n);
        }
        std::vector<started<int>> several;
        for (int n = 0; n < 40; ++n) {
            started notify(c.execute("notify pgcoro_test, 'hello'"));
            several.emplace_back(c.fetch_one<int>("select $1::int4", n));
        }
        for (int n = 0; n < 40; ++n) {
            BOOST_OUTCOME_CO_TRY(auto r, co_await several[static_cast<std::size_t>(n)].get());
            EXPECT_EQ(r, n);
        }
        co_return success();
    });
}

} // namespace
