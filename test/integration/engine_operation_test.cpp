// SPDX-License-Identifier: BSL-1.0
// Operations with every kind of completion token, against a server.
#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::result;
using pgcoro::task;

TEST(engine_operation, takes_use_awaitable) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<int>("select 1")(asio::use_awaitable));
        EXPECT_EQ(n, 1);
        auto [r] = co_await c.fetch_one<int>("select 2")(asio::as_tuple(asio::use_awaitable));
        EXPECT_TRUE(r && r.value() == 2);
        co_return success();
    });
}

TEST(engine_operation, takes_deferred) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        auto later = c.fetch_one<int>("select 1")(asio::deferred);
        BOOST_OUTCOME_CO_TRY(auto n, co_await std::move(later)(asio::use_awaitable));
        EXPECT_EQ(n, 1);
        co_return success();
    });
}

TEST(engine_operation, takes_detached) {
    libpq_session judge(shared_server().dsn());
    judge.value("drop table if exists left_alone; create table left_alone (id int)");
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        c.execute("insert into left_alone values (1)")(asio::detached);
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch_one<long>("select count(*) from left_alone"));
        EXPECT_EQ(rows, 1);
        co_return success();
    });
}

TEST(engine_operation, takes_use_future_from_another_thread) {
    asio::io_context loop(1);
    auto work = asio::make_work_guard(loop);
    std::thread thread([&] { loop.run(); });
    auto c = pgcoro::connect(loop.get_executor(), shared_server().dsn())(asio::use_future).get();
    EXPECT_TRUE(c);
    if (c) {
        auto n = c.value().fetch_one<int>("select 1")(asio::use_future).get();
        EXPECT_TRUE(n && n.value() == 1);
        c.value().close();
    }
    work.reset();
    thread.join();
}

TEST(engine_operation, runs_a_bound_handler_on_its_executor) {
    asio::thread_pool other(1);
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        std::promise<bool> ran_there;
        c.fetch_one<int>("select 1")(asio::bind_executor(other.get_executor(), [&](result<int> r) {
            ran_there.set_value(r && other.get_executor().running_in_this_thread());
        }));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select"));
        EXPECT_TRUE(ran_there.get_future().get());
        co_return success();
    });
    other.join();
}

TEST(engine_operation, two_are_awaited_together) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        auto [one, two] =
            co_await (c.fetch_one<int>("select 1")(asio::use_awaitable) && c.fetch_one<int>("select 2")(asio::use_awaitable));
        EXPECT_TRUE(one && one.value() == 1);
        EXPECT_TRUE(two && two.value() == 2);
        co_return success();
    });
}

TEST(engine_operation, the_loser_of_a_race_is_cancelled_and_the_connection_goes_on) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(5)");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        asio::steady_timer soon(co_await asio::this_coro::executor, 10ms);
        auto first = co_await (c.execute("select pg_advisory_xact_lock(5)")(asio::use_awaitable) ||
                               soon.async_wait(asio::use_awaitable));
        EXPECT_EQ(first.index(), 1u) << "the timer";
        judge.value("select pg_advisory_unlock(5)");
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(n, 1);

        asio::steady_timer never(co_await asio::this_coro::executor, 1h);
        auto second = co_await (c.fetch_one<int>("select 2")(asio::use_awaitable) || never.async_wait(asio::use_awaitable));
        EXPECT_EQ(second.index(), 0u) << "the statement";
        co_return success();
    });
}

TEST(engine_operation, arguments_need_not_live_longer_than_the_call) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        auto argument = std::make_unique<std::string>(10'000, 'x');
        auto op = c.fetch_one<std::string>("select $1::text", *argument);
        argument->assign(10'000, 'y');
        argument.reset();
        BOOST_OUTCOME_CO_TRY(auto text, co_await std::move(op));
        EXPECT_EQ(text, std::string(10'000, 'x'));
        co_return success();
    });
}

TEST(engine_operation, from_many_threads_on_a_strand) {
    asio::thread_pool threads(4);
    auto strand = asio::make_strand(threads.get_executor());
    auto connecting = pgcoro::connect(strand, shared_server().dsn())(asio::use_future).get();
    ASSERT_TRUE(connecting) << connecting.error();
    auto c = std::make_shared<connection>(std::move(connecting).value());
    std::atomic<int> wrong = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&, caller] {
            for (int n = 0; n < 100; ++n) {
                auto r = c->fetch_one<int>("select $1 * 1000 + $2", caller, n)(asio::use_future).get();
                wrong += r && r.value() == caller * 1000 + n ? 0 : 1;
            }
        });
    }
    for (auto& caller : callers) {
        caller.join();
    }
    EXPECT_EQ(wrong, 0);
    c.reset();
    threads.join();
}

TEST(engine_operation, cancelled_from_its_own_strand_while_the_connection_has_another) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(6)");
    asio::thread_pool threads(4);
    auto strand = asio::make_strand(threads.get_executor());
    auto c = pgcoro::connect(strand, shared_server().dsn())(asio::use_future).get();
    ASSERT_TRUE(c) << c.error();
    const auto race = [&]() -> asio::awaitable<std::size_t> {
        asio::steady_timer soon(co_await asio::this_coro::executor, 10ms);
        auto first = co_await (c.value().execute("select pg_advisory_xact_lock(6)")(asio::use_awaitable) ||
                               soon.async_wait(asio::use_awaitable));
        co_return first.index();
    };
    for (int round = 0; round < 5; ++round) {
        EXPECT_EQ(asio::co_spawn(asio::make_strand(threads.get_executor()), race, asio::use_future).get(), 1u);
    }
    judge.value("select pg_advisory_unlock_all()");
    auto n = c.value().fetch_one<int>("select 1")(asio::use_future).get();
    EXPECT_TRUE(n && n.value() == 1);
    c.value().close();
    threads.join();
}

} // namespace
