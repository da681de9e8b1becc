// SPDX-License-Identifier: BSL-1.0
// What observers are told about pools, multiplexers, listeners and other threads.
#include "observer_fixture.hpp"

#include "support/started.hpp"

#include <pgcoro/listener.hpp>
#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/use_future.hpp>

#include <future>
#include <thread>

namespace {

using namespace pgcoro::test;
using pgcoro::call_kind;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;

class observing_many : public testing::Test {
protected:
    std::shared_ptr<recorder> seen = std::make_shared<recorder>();

    pgcoro::pool_options small_pool(std::size_t size) {
        pgcoro::pool_options options;
        options.name = "main";
        options.max_size = size;
        options.observers.push_back(seen);
        return options;
    }
};

TEST_F(observing_many, a_pool_tells_who_waits_and_for_how_long) {
    run([&]() -> task<> {
        pgcoro::pool db(co_await asio::this_coro::executor, shared_server().dsn(), small_pool(1));
        started slow(db.execute("select pg_sleep(0.05)").named("slow"));
        started quick(db.fetch_one<int>("select 2").named("quick"));
        BOOST_OUTCOME_CO_TRY(const int two, co_await quick.get());
        EXPECT_EQ(two, 2);
        BOOST_OUTCOME_CO_TRY(co_await slow.get());
        EXPECT_EQ(seen->statements.size(), 2u);
        EXPECT_EQ(seen->statements.front().name, "slow");
        const auto last = seen->last();
        EXPECT_EQ(last.name, "quick");
        EXPECT_EQ(last.rows, 1u);
        EXPECT_TRUE(last.has_connection);
        EXPECT_GE(last.waited, std::chrono::milliseconds(50)); // the other one slept for that long at the server
        EXPECT_EQ(seen->pool_name, "main");
        EXPECT_EQ(seen->most_in_use, 1u);
        EXPECT_GE(seen->most_waiting, 1u);
        EXPECT_EQ(seen->last_counts.idle, 1u);
        EXPECT_EQ(seen->last_counts.in_use, 0u);
        EXPECT_EQ(seen->acquires.size(), 2u);
        EXPECT_EQ(seen->releases, 2u);
        EXPECT_EQ(seen->connects.size(), 1u);
        EXPECT_EQ(seen->connects_pool, "main");
        co_return success();
    });
    EXPECT_EQ(seen->last_counts, pgcoro::pool_counts{}); // the pool is gone
    EXPECT_EQ(seen->disconnects.size(), 1u);
    EXPECT_EQ(seen->begun, seen->statements.size());
}

class statements_only : public recorder {
public:
    bool wants_pool_events() const noexcept override { return false; }
};

TEST_F(observing_many, the_events_of_a_pool_are_for_those_who_want_them) {
    run([&]() -> task<> {
        auto options = small_pool(1);
        const auto beside = std::make_shared<statements_only>();
        options.observers.push_back(beside);
        pgcoro::pool db(co_await asio::this_coro::executor, shared_server().dsn(), options);
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        EXPECT_EQ(seen->acquires.size(), 1u);
        EXPECT_EQ(seen->releases, 1u);
        EXPECT_EQ(beside->statements.size(), 1u);
        EXPECT_TRUE(beside->acquires.empty());
        EXPECT_EQ(beside->releases, 0u);
        EXPECT_EQ(beside->pool_name, "");
        co_return success();
    });
}

TEST_F(observing_many, a_statement_that_gets_no_connection_has_none) {
    run([&]() -> task<> {
        auto options = small_pool(1);
        options.min_size = 1;
        options.acquire_timeout = std::chrono::milliseconds(200);
        pgcoro::pool db(co_await asio::this_coro::executor, shared_server().dsn(), options);
        BOOST_OUTCOME_CO_TRY(co_await db.open()); // which has the time it needs
        BOOST_OUTCOME_CO_TRY(auto kept, co_await db.acquire());
        EXPECT_EQ(error_of(co_await db.execute("select 1")), errc::timed_out);
        EXPECT_EQ(seen->last().failure, errc::timed_out);
        EXPECT_FALSE(seen->last().has_connection);
        EXPECT_EQ(seen->last().waited, seen->last().total);
        EXPECT_EQ(seen->acquires.size(), 3u); // `open` is the first
        EXPECT_EQ(seen->acquires.back(), errc::timed_out);

        // One that is borrowed is observed like any other, and its pool is no part of it.
        BOOST_OUTCOME_CO_TRY(co_await kept.execute("select 1"));
        EXPECT_TRUE(seen->last().has_connection);
        EXPECT_EQ(seen->last().waited.count(), 0);
        BOOST_OUTCOME_CO_TRY(auto tx, co_await kept.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        EXPECT_EQ(seen->transactions.size(), 1u);
        co_return success();
    });
}

TEST_F(observing_many, a_transaction_that_commits_after_its_connection_was_given_back_is_committed) {
    run([&]() -> task<> {
        pgcoro::pool db(co_await asio::this_coro::executor, shared_server().dsn(), small_pool(1));
        BOOST_OUTCOME_CO_TRY(auto lent, co_await db.acquire());
        BOOST_OUTCOME_CO_TRY(auto tx, co_await lent.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        started committed(tx.commit());
        co_await until_sent();
        lent.release();
        BOOST_OUTCOME_CO_TRY(co_await committed.get());
        EXPECT_EQ(seen->transactions, std::vector<std::string>{"committed 1"});
        co_return success();
    });
}

TEST_F(observing_many, a_statement_on_a_connection_that_was_given_back_is_told_too) {
    run([&]() -> task<> {
        pgcoro::pool db(co_await asio::this_coro::executor, shared_server().dsn(), small_pool(1));
        BOOST_OUTCOME_CO_TRY(auto lent, co_await db.acquire());
        auto late = lent.execute("select 1").named("late");
        lent.release();
        EXPECT_EQ(error_of(co_await std::move(late)), errc::connection_closed);
        EXPECT_EQ(seen->last().name, "late");
        EXPECT_EQ(seen->last().failure, errc::connection_closed);
        EXPECT_FALSE(seen->last().has_connection);
        co_return success();
    });
    EXPECT_EQ(seen->begun, seen->statements.size());
}

TEST_F(observing_many, a_pool_closed_meanwhile_ends_what_waits) {
    run([&]() -> task<> {
        pgcoro::pool db(co_await asio::this_coro::executor, shared_server().dsn(), small_pool(1));
        BOOST_OUTCOME_CO_TRY(auto kept, co_await db.acquire());
        started waiting(db.execute("select 1").named("waits"));
        started closed(db.close());
        EXPECT_EQ(error_of(co_await waiting.get()), errc::pool_closed);
        EXPECT_EQ(seen->last().failure, errc::pool_closed);
        EXPECT_EQ(seen->last().name, "waits");
        kept.release();
        BOOST_OUTCOME_CO_TRY(co_await closed.get());
        co_return success();
    });
    EXPECT_EQ(seen->begun, seen->statements.size());
}

TEST_F(observing_many, a_pool_destroyed_with_its_loop_leaves_no_trace) {
    {
        boost::asio::io_context loop;
        pgcoro::pool db(loop.get_executor(), shared_server().dsn(), small_pool(1));
        db.execute("select pg_sleep(100)")([](auto) {});
        db.execute("select 1").named("waits")([](auto) {});
        while (seen->connects.empty()) {
            loop.run_one();
        }
        loop.poll();
    }
    EXPECT_EQ(seen->begun, 2u);
}

TEST_F(observing_many, a_multiplexer_tells_of_each_statement_once) {
    run([&]() -> task<> {
        pgcoro::multiplexer_options options;
        options.lanes = 2;
        options.observers.push_back(seen);
        pgcoro::multiplexer db(co_await asio::this_coro::executor, shared_server().dsn(), options);
        BOOST_OUTCOME_CO_TRY(co_await db.open());
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1").named("muxed"));
        EXPECT_EQ(seen->last().name, "muxed");
        EXPECT_TRUE(seen->last().has_connection);
        EXPECT_EQ(error_of(co_await db.execute("set work_mem = '1MB'")), errc::not_multiplexable);
        EXPECT_EQ(seen->last().failure, errc::not_multiplexable);
        EXPECT_FALSE(seen->last().has_connection);
        EXPECT_EQ(seen->begun, 2u);
        EXPECT_EQ(seen->statements.size(), 2u);
        EXPECT_EQ(seen->connects.size(), 2u);
        co_return success();
    });
}

TEST_F(observing_many, a_statement_that_moves_to_another_lane_is_the_same_statement) {
    run([&]() -> task<> {
        pgcoro::multiplexer_options options;
        options.lanes = 1;
        options.max_in_flight = 1;
        options.backoff.initial = std::chrono::milliseconds(1);
        options.observers.push_back(seen);
        pgcoro::multiplexer db(co_await asio::this_coro::executor, shared_server().dsn(), options);
        BOOST_OUTCOME_CO_TRY(co_await db.open());
        started killed(db.execute("select pg_terminate_backend(pg_backend_pid())"));
        started survivor(db.fetch_one<int>("select 3").named("survivor"));
        EXPECT_FALSE(co_await killed.get());
        BOOST_OUTCOME_CO_TRY(const int three, co_await survivor.get());
        EXPECT_EQ(three, 3);
        EXPECT_EQ(seen->last().name, "survivor");
        EXPECT_TRUE(seen->last().has_connection);
        EXPECT_EQ(seen->statements.size(), 2u);
        EXPECT_EQ(seen->begun, 2u);
        co_return success();
    });
}

TEST_F(observing_many, a_listener_tells_of_gaps) {
    run([&]() -> task<> {
        pgcoro::listener l(co_await asio::this_coro::executor, observed_by(seen));
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        EXPECT_TRUE(seen->gaps.empty());
        BOOST_OUTCOME_CO_TRY(const auto event, co_await l.next());
        EXPECT_TRUE(std::holds_alternative<pgcoro::gap>(event));
        EXPECT_EQ(seen->gaps, std::vector<std::string>{"news"});
        co_return success();
    });
}

class where_it_is_told : public pgcoro::observer {
public:
    void on_statement_begin(const pgcoro::statement_event&) noexcept override { begun = std::this_thread::get_id(); }
    void on_statement_end(const pgcoro::statement_event&) noexcept override { ended = std::this_thread::get_id(); }

    std::thread::id begun, ended;
};

TEST_F(observing_many, the_beginning_is_told_where_the_caller_is) {
    boost::asio::io_context loop;
    auto work = boost::asio::make_work_guard(loop);
    std::thread thread([&] { loop.run(); });
    const auto where = std::make_shared<where_it_is_told>();
    {
        pgcoro::pool_options options;
        options.thread_safe = true;
        options.observers.push_back(where);
        pgcoro::pool db(loop.get_executor(), shared_server().dsn(), options);
        EXPECT_TRUE(db.execute("select 1").named("from afar")(boost::asio::use_future).get());
        EXPECT_EQ(where->begun, std::this_thread::get_id());
        EXPECT_EQ(where->ended, thread.get_id());
        {
            auto lent = db.acquire()(boost::asio::use_future).get().value();
            where->begun = {};
            EXPECT_TRUE(lent.execute("select 1")(boost::asio::use_future).get());
            EXPECT_EQ(where->begun, std::this_thread::get_id());
            auto tx = lent.begin()(boost::asio::use_future).get().value();
            EXPECT_TRUE(tx.execute("select 1")(boost::asio::use_future).get());
            EXPECT_EQ(where->begun, thread.get_id()); // what a transaction knows belongs to its executor
            EXPECT_TRUE(tx.commit()(boost::asio::use_future).get());
        }
        EXPECT_TRUE(db.close()(boost::asio::use_future).get());
    }
    work.reset();
    thread.join();
}

} // namespace
