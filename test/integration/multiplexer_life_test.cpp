// SPDX-License-Identifier: BSL-1.0
// The end of a multiplexer, or of its loop, at awkward moments; and several threads.
#include "multiplexer_fixture.hpp"
#include "support/bouncer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <optional>

namespace {

using namespace pgcoro::test;
using pgcoro::command_tag;
using pgcoro::errc;
using pgcoro::multiplexer;
using pgcoro::task;

class multiplexer_life : public multiplexer_test {};

TEST_F(multiplexer_life, destroyed_while_busy_it_fails_what_is_in_flight_or_waits) {
    lock();
    auto options = lanes(1);
    options.max_in_flight = 2;
    with_multiplexer(config(), options, [&](multiplexer& m) -> task<> {
        std::optional<multiplexer> short_lived(std::move(m));
        BOOST_OUTCOME_CO_TRY(co_await short_lived->open());
        started stuck(short_lived->execute("insert into ledger select 1 from pg_advisory_xact_lock(1)"));
        started behind(short_lived->execute("insert into ledger values (2)"));
        started waiting(short_lived->execute("insert into ledger values (3)"));
        auto made = short_lived->execute("insert into ledger values (4)");
        co_await until_blocked(1);
        short_lived.reset();
        EXPECT_FALSE(stuck.is_complete() || behind.is_complete() || waiting.is_complete()) << "inside of the destructor";
        for (auto* in_flight : {&stuck, &behind}) {
            auto r = co_await in_flight->get();
            EXPECT_EQ(error_of(r), errc::connection_closed);
            EXPECT_TRUE(error_of(r).outcome_unknown());
            EXPECT_EQ(in_flight->completions(), 1);
        }
        auto r = co_await waiting.get();
        EXPECT_EQ(error_of(r), errc::connection_closed);
        EXPECT_TRUE(error_of(r).safe_to_retry());
        r = co_await std::move(made);
        EXPECT_EQ(error_of(r), errc::connection_closed);
        EXPECT_TRUE(error_of(r).safe_to_retry());
        unlock();
        co_return success();
    });
}

TEST_F(multiplexer_life, destroyed_while_it_connects_or_pauses_it_fails_what_waits) {
    for (const auto& where : {config(), nobody()}) {
        with_multiplexer(where, lanes(2), [&](multiplexer& m) -> task<> {
            std::optional<multiplexer> short_lived(std::move(m));
            started opening(short_lived->open());
            started waiting(short_lived->execute("select"));
            co_await until_sent();
            short_lived.reset();
            auto r = co_await waiting.get();
            EXPECT_EQ(error_of(r), errc::connection_closed);
            auto opened = co_await opening.get();
            EXPECT_FALSE(opened);
            co_return success();
        });
    }
}

TEST_F(multiplexer_life, a_handler_may_destroy_it) {
    asio::io_context loop(1);
    std::optional<multiplexer> m(std::in_place, loop.get_executor(), config(), lanes(2));
    std::vector<bool> outcomes;
    for (int i = 0; i < 10; ++i) {
        m->fetch_one<int>("select 1")([&](const pgcoro::result<int>& r) {
            outcomes.push_back(static_cast<bool>(r));
            m.reset();
        });
    }
    loop.run_for(patience);
    EXPECT_TRUE(loop.stopped());
    EXPECT_EQ(outcomes.size(), 10u);
}

TEST_F(multiplexer_life, a_handler_that_throws_takes_no_other_along) {
    asio::io_context loop(1);
    multiplexer m(loop.get_executor(), config(), lanes(1));
    int calls = 0;
    for (int i = 0; i < 3; ++i) {
        m.execute("begin")([&](const pgcoro::result<command_tag>& r) {
            EXPECT_EQ(error_of(r), errc::not_multiplexable);
            ++calls;
            throw calls;
        });
    }
    for (int i = 1; i <= 3; ++i) {
        EXPECT_THROW(loop.run_for(patience), int);
        EXPECT_EQ(calls, i);
        loop.restart();
    }
    loop.run_for(patience);
    EXPECT_EQ(calls, 3);
}

// Coroutines that own what they wait for: with the loop all of it has to go, and nothing may be called.
TEST_F(multiplexer_life, a_loop_destroyed_at_any_moment_takes_everything_along) {
    lock();
    for (const auto& where : {config(), nobody()}) {
        for (int turns = 0; turns < 60; ++turns) {
            const auto alive = std::make_shared<int>();
            {
                asio::io_context loop(1);
                const auto owner = [&loop, where, alive]() -> task<> {
                    auto options = lanes(2);
                    options.max_in_flight = 1;
                    auto m = std::make_shared<multiplexer>(loop.get_executor(), where, options);
                    for (int i = 0; i < 5; ++i) {
                        m->execute("select pg_advisory_xact_lock(1)")([alive, m](const auto&) { ADD_FAILURE() << "it ended"; });
                    }
                    m->open()([alive, m](const auto&) {});
                    auto r = co_await m->execute("select pg_advisory_xact_lock(1)");
                    ADD_FAILURE() << "it ended: " << error_of(r) << *alive;
                    co_return success();
                };
                asio::co_spawn(loop, owner, asio::detached);
                for (int turn = 0; turn < turns; ++turn) {
                    loop.run_one_for(std::chrono::milliseconds(1));
                }
            }
            EXPECT_EQ(alive.use_count(), 1) << "after " << turns << " turns";
        }
    }
    unlock();
}

TEST_F(multiplexer_life, several_threads_share_one_on_a_strand) {
    constexpr int askers = 8;
    constexpr int questions = 100;
    asio::thread_pool threads(3);
    multiplexer m(asio::make_strand(threads), config(), lanes(3));
    std::atomic<int> answered = 0;
    std::vector<std::future<pgcoro::result<>>> all;
    for (int who = 0; who < askers; ++who) {
        const auto ask = [&m, &answered, who]() -> task<> {
            for (int i = 0; i < questions; ++i) {
                BOOST_OUTCOME_CO_TRY(auto answer, co_await m.fetch_one<int>("select $1 * 1000 + $2", who, i));
                answered += answer == who * 1000 + i ? 1 : 0;
            }
            co_return success();
        };
        all.push_back(asio::co_spawn(threads, ask, asio::use_future));
    }
    for (auto& one : all) {
        EXPECT_TRUE(one.get());
    }
    EXPECT_EQ(answered, askers * questions);
    m.close();
    threads.join();
}

// All lanes share the one connection that PgBouncer has to the server.
TEST_F(multiplexer_life, works_through_a_pooler_in_transaction_mode) {
    const bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    auto unnamed = b.config();
    unnamed.prepare(pgcoro::prepare_policy::unnamed);
    with_multiplexer(unnamed, lanes(3), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        std::vector<started<int>> answers;
        for (int i = 0; i < 200; ++i) {
            answers.emplace_back(m.fetch_one<int>("select $1 + 1", i));
        }
        const std::vector<int> ids{1, 2, 3};
        BOOST_OUTCOME_CO_TRY(co_await m.execute_many("insert into ledger values ($1)", ids));
        for (int i = 0; i < 200; ++i) {
            BOOST_OUTCOME_CO_TRY(auto answer, co_await answers[static_cast<std::size_t>(i)].get());
            EXPECT_EQ(answer, i + 1);
        }
        EXPECT_EQ(rows(), "1 2 3");
        EXPECT_EQ(m.stats().lanes_up, 3u);
        co_return success();
    });
}

} // namespace
