// SPDX-License-Identifier: BSL-1.0
// Pools and threads: one pool that all may use, and one for each. ThreadSanitizer is the judge.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::task;

constexpr int threads = 4;
constexpr int coroutines = 16;
constexpr int rounds = 50;

/// Statements on the pool and borrowed connections in turns; gives how many answers were wrong.
task<int> work(pool& db, int who) {
    int wrong = 0;
    for (int n = 0; n < rounds; ++n) {
        if (n % 2 == 0) {
            BOOST_OUTCOME_CO_TRY(auto same, co_await db.fetch_one<int>("select $1 * 1000 + $2", who, n));
            wrong += same == who * 1000 + n ? 0 : 1;
        } else {
            BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
            BOOST_OUTCOME_CO_TRY(auto one, co_await mine.fetch_one<int>("select pg_backend_pid()"));
            wrong += one == mine.backend_pid() ? 0 : 1;
        }
    }
    co_return wrong;
}

TEST(pool_threads, one_with_a_strand_of_its_own_serves_coroutines_on_four) {
    asio::thread_pool workers(threads);
    pool_options options;
    options.thread_safe = true;
    options.max_size = 4;
    {
        pool db(workers.get_executor(), shared_server().dsn(), options);
        std::vector<std::future<pgcoro::result<int>>> all;
        for (int who = 0; who < coroutines; ++who) {
            all.push_back(asio::co_spawn(workers, work(db, who), asio::use_future));
        }
        for (auto& one : all) {
            auto wrong = one.get();
            EXPECT_TRUE(wrong && wrong.value() == 0) << error_of(wrong);
        }
        auto closed = db.close()(asio::use_future).get();
        EXPECT_TRUE(closed) << error_of(closed);
    }
    workers.join();
}

TEST(pool_threads, one_on_a_loop_serves_threads_that_run_none) {
    asio::io_context loop(1);
    auto guard = asio::make_work_guard(loop);
    std::thread runner([&] { loop.run(); });
    std::atomic<int> wrong = 0;
    {
        pool db(loop.get_executor(), shared_server().dsn());
        std::vector<std::thread> callers;
        for (int who = 0; who < threads; ++who) {
            callers.emplace_back([&, who] {
                for (int n = 0; n < rounds; ++n) {
                    auto same = db.fetch_one<int>("select $1 * 1000 + $2", who, n)(asio::use_future).get();
                    wrong += same && same.value() == who * 1000 + n ? 0 : 1;
                    auto mine = db.acquire()(asio::use_future).get(); // destroyed on this thread
                    wrong += mine && mine.value().backend_pid() != 0 ? 0 : 1;
                }
            });
        }
        for (auto& caller : callers) {
            caller.join();
        }
    }
    guard.reset();
    runner.join();
    EXPECT_EQ(wrong, 0);
}

TEST(pool_threads, each_has_a_loop_and_a_pool) {
    std::atomic<int> wrong = 0;
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t) {
        all.emplace_back([&, t] {
            asio::io_context loop(1);
            const auto body = [&]() -> task<> {
                pool db(loop.get_executor(), shared_server().dsn());
                BOOST_OUTCOME_CO_TRY(auto mistakes, co_await work(db, t));
                wrong += mistakes;
                co_return success();
            };
            run(loop, body);
        });
    }
    for (auto& one : all) {
        one.join();
    }
    EXPECT_EQ(wrong, 0);
}

} // namespace
