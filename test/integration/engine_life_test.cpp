// SPDX-License-Identifier: BSL-1.0
// Connections, operations and loops that go before the others do. AddressSanitizer sees what is left behind.
#include "support/by_hand.hpp"
#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace {

/// Cannot be made of any row.
struct never {};

} // namespace

template <>
struct pgcoro::row_traits<never> {
    using columns = std::tuple<int>;
    static never make(int) { throw std::runtime_error("no"); }
};

namespace {

using namespace pgcoro::test;
using pgcoro::command_tag;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::result;
using pgcoro::task;

/// Runs the loop to its end, and counts what its handlers throw.
int exceptions_of(asio::io_context& loop) {
    for (int thrown = 0;;) {
        try {
            loop.run_for(patience);
            return thrown;
        } catch (const std::runtime_error&) {
            ++thrown;
        }
    }
}

TEST(engine_life, operations_of_a_connection_that_was_moved_from_fail) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        connection moved = std::move(c);
        auto from = co_await c.execute("select 1"); // NOLINT(bugprone-use-after-move): that is the question
        EXPECT_EQ(error_of(from), errc::connection_closed);
        EXPECT_TRUE(error_of(from).safe_to_retry());
        EXPECT_FALSE(c.is_open());
        EXPECT_EQ(c.backend_pid(), 0);
        BOOST_OUTCOME_CO_TRY(co_await moved.execute("select 1"));
        co_return success();
    });
}

TEST(engine_life, operations_made_before_a_move_go_with_the_connection) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        auto made = c.fetch_one<int>("select 1");
        connection moved = std::move(c);
        BOOST_OUTCOME_CO_TRY(auto n, co_await std::move(made));
        EXPECT_EQ(n, 1);
        co_return success();
    });
}

TEST(engine_life, a_connection_destroyed_fails_what_is_in_flight_queued_or_made) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        std::optional<connection> short_lived(std::move(c));
        BOOST_OUTCOME_CO_TRY(co_await use_alone(*short_lived));
        started in_flight(short_lived->execute(pgcoro::unchecked_sql("select pg_sleep(1000)")));
        co_await until_sent();
        started queued(short_lived->execute("select 1"));
        auto made = short_lived->execute("select 1");
        short_lived.reset();
        EXPECT_FALSE(in_flight.is_complete() || queued.is_complete()) << "completed inside of the destructor";
        auto first = co_await in_flight.get();
        EXPECT_EQ(error_of(first), errc::connection_closed);
        EXPECT_TRUE(error_of(first).outcome_unknown());
        auto second = co_await queued.get();
        EXPECT_EQ(error_of(second), errc::connection_closed);
        EXPECT_TRUE(error_of(second).safe_to_retry());
        auto third = co_await std::move(made);
        EXPECT_EQ(error_of(third), errc::connection_closed);
        EXPECT_TRUE(error_of(third).safe_to_retry());
        co_return success();
    });
}

TEST(engine_life, the_server_ends_the_session_of_a_closed_connection) {
    libpq_session judge(shared_server().dsn());
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        const auto pid = std::to_string(c.backend_pid());
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        c.close();
        c.close();
        EXPECT_FALSE(c.is_open());
        co_await until(judge, "select count(*) = 0 from pg_stat_activity where pid = " + pid);
        auto later = co_await c.execute("select 1");
        EXPECT_EQ(error_of(later), errc::connection_closed);
        EXPECT_FALSE(error_of(later).connection_lost());
        co_return success();
    });
}

TEST(engine_life, a_handler_may_destroy_the_connection) {
    asio::io_context loop(1);
    std::unique_ptr<connection> c;
    std::vector<bool> outcomes;
    pgcoro::connect(loop.get_executor(), shared_server().dsn())([&](result<connection> made) {
        c = std::make_unique<connection>(std::move(made).value());
        c->execute("select 1")([&](result<command_tag> r) {
            outcomes.push_back(r.has_value());
            c.reset();
        });
        c->execute("select 2")([&](result<command_tag> r) {
            EXPECT_TRUE(r || r.error() == errc::connection_closed) << r.error();
            outcomes.push_back(r.has_value());
        });
    });
    loop.run_for(patience);
    EXPECT_EQ(outcomes.size(), 2u);
    EXPECT_TRUE(!outcomes.empty() && outcomes[0]);
}

TEST(engine_life, a_handler_may_throw_and_the_others_are_called_all_the_same) {
    asio::io_context loop(1);
    std::optional<connection> c;
    int called = 0;
    pgcoro::connect(loop.get_executor(), shared_server().dsn())([&](result<connection> made) {
        c = std::move(made).value();
        for (int i = 0; i < 3; ++i) {
            c->execute("select 1")([&](result<command_tag> r) {
                EXPECT_TRUE(r);
                if (++called == 3) {
                    c.reset();
                }
                throw std::runtime_error("no");
            });
        }
    });
    const int thrown = exceptions_of(loop);
    EXPECT_EQ(called, 3);
    EXPECT_EQ(thrown, 3);
}

// What was read of the result is unknown then. The exception comes out of the loop, everybody else hears of the loss.
TEST(engine_life, a_decoder_that_throws_costs_the_connection) {
    asio::io_context loop(1);
    std::optional<connection> c;
    std::vector<pgcoro::error> told;
    const auto tell = [&](const auto& r) { told.push_back(error_of(r)); };
    pgcoro::connect(loop.get_executor(), shared_server().dsn())([&](result<connection> made) {
        c = std::move(made).value();
        c->fetch_one<never>("select 1")([&](result<never> r) { tell(r); });
        c->execute("select 2")([&](result<command_tag> r) { tell(r); });
    });
    EXPECT_THROW(loop.run_for(patience), std::runtime_error);
    loop.run_for(patience);
    ASSERT_EQ(told.size(), 2u);
    for (const auto& e : told) {
        EXPECT_EQ(e, errc::connection_lost);
        EXPECT_TRUE(e.outcome_unknown());
    }
    EXPECT_FALSE(c->is_open());
}

// libpq reads while it waits to send, so that the answer is there in the middle of the call that starts another statement. That
// call throws nothing.
TEST(engine_life, a_decoder_that_throws_while_another_statement_is_sent_costs_the_connection) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(9)");
    asio::io_context loop(1);
    auto c = connect_by_hand(loop, shared_server().dsn());
    std::vector<pgcoro::error> told;
    const auto tell = [&](const auto& r) { told.push_back(error_of(r)); };
    bool begun = false;
    c.execute("select")([&](result<command_tag>) {
        c.fetch_one<never>("select 1")(tell); // both are sent when this handler returns
        c.execute("select pg_advisory_xact_lock(9)")(tell);
        begun = true;
    });
    turn_until(loop, [&] { return begun; });
    stand_still_until_blocked(judge, c); // the first was answered, and the server does not read

    c.fetch_one<long>("select length($1::text)::int8", std::string(1 << 24, 'x'))(tell);
    EXPECT_TRUE(told.empty());
    EXPECT_EQ(exceptions_of(loop), 1);
    ASSERT_EQ(told.size(), 3u);
    for (const auto& e : told) {
        EXPECT_EQ(e, errc::connection_lost);
    }
    EXPECT_TRUE(told[0].outcome_unknown());
    EXPECT_TRUE(told[1].outcome_unknown());
    EXPECT_FALSE(c.is_open());
    judge.value("select pg_advisory_unlock(9)");
}

TEST(engine_life, a_handler_that_throws_when_it_is_given_up_silences_no_other) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(8)");
    asio::io_context loop(1);
    std::optional<connection> c;
    int told = 0;
    const auto throws = [&](result<command_tag> r) {
        EXPECT_EQ(error_of(r), errc::timed_out);
        if (++told == 3) {
            c.reset();
        }
        throw std::runtime_error("no");
    };
    pgcoro::connect(loop.get_executor(), shared_server().dsn())([&](result<connection> made) {
        c = std::move(made).value();
        const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
        c->execute("select pg_advisory_xact_lock(8)").by(soon)(throws);
        c->execute("select 1").by(soon)(throws);
        c->execute("select 2").by(soon)(throws);
    });
    const int thrown = exceptions_of(loop);
    EXPECT_EQ(told, 3);
    EXPECT_EQ(thrown, 3);
    judge.value("select pg_advisory_unlock(8)");
}

TEST(engine_life, a_handler_without_an_executor_gets_a_connection_that_is_safe_to_use) {
    auto connecting = pgcoro::connect(shared_server().dsn())(asio::use_future).get();
    ASSERT_TRUE(connecting) << connecting.error();
    std::vector<std::future<result<int>>> answers;
    for (int i = 0; i < 50; ++i) {
        answers.push_back(connecting.value().fetch_one<int>("select $1", i)(asio::use_future));
    }
    for (int i = 0; i < 50; ++i) {
        auto answer = answers[static_cast<std::size_t>(i)].get();
        EXPECT_TRUE(answer && answer.value() == i) << error_of(answer);
    }
}

TEST(engine_life, a_handler_that_runs_the_loop_may_lose_the_connection_there) {
    asio::io_context loop; // one for a single thread would keep what a handler posts until the handler returns
    std::optional<connection> c;
    std::vector<pgcoro::error> told;
    const auto tell = [&](result<command_tag> r) { told.push_back(error_of(r)); };
    pgcoro::connect(loop.get_executor(), shared_server().dsn())([&](result<connection> made) {
        c = std::move(made).value();
        c->execute("select 1")([&](result<command_tag> r) {
            EXPECT_TRUE(r);
            c->execute("select 2")(tell);
            c->execute(pgcoro::unchecked_sql(std::string("select\0", 7)))([&](result<command_tag> refused) {
                told.push_back(error_of(refused));
                c.reset();
            });
            while (told.size() < 2 && loop.run_one() != 0) {
            }
        });
    });
    loop.run_for(patience);
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0], errc::invalid_text);
    EXPECT_EQ(told[1], errc::connection_closed);
}

class engine_loop_end : public testing::TestWithParam<bool> {};

// In flight, queued behind it, abandoned; in coroutines and in plain handlers.
TEST_P(engine_loop_end, with_operations_in_flight_frees_everything) {
    const auto alive = std::make_shared<int>();
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(7)");
    {
        asio::io_context loop(1);
        std::optional<connection> outside;
        const auto body = [&]() -> asio::awaitable<void> {
            auto made = co_await pgcoro::connect(shared_server().dsn());
            connection inside = std::move(made).value();
            connection& c = GetParam() ? outside.emplace(std::move(inside)) : inside;
            auto used = co_await use_alone(c);
            EXPECT_TRUE(used);
            c.execute("select pg_advisory_xact_lock(7)")([alive](result<command_tag>) { ADD_FAILURE(); });
            c.execute("select 1")([alive](result<command_tag>) { ADD_FAILURE(); });
            auto abandoned = co_await c.execute("select 2").within(std::chrono::milliseconds(1));
            EXPECT_EQ(error_of(abandoned), errc::timed_out);
            co_await until_blocked(judge, c);
            loop.stop();
            auto never = co_await c.execute("select 3");
            ADD_FAILURE();
        };
        asio::co_spawn(loop, body, asio::detached);
        loop.run_for(patience);
        EXPECT_TRUE(outside || !GetParam());
    }
    EXPECT_EQ(alive.use_count(), 1);
    judge.value("select pg_advisory_unlock(7)");
}

INSTANTIATE_TEST_SUITE_P(connection_in_coroutine, engine_loop_end, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(connection_outside, engine_loop_end, testing::Values(true));

TEST(engine_loop_end, with_answers_that_were_not_handled_yet_frees_everything) {
    const auto alive = std::make_shared<int>();
    {
        asio::io_context loop(1);
        std::optional<connection> c;
        pgcoro::connect(loop.get_executor(), shared_server().dsn())([&](result<connection> made) {
            c = std::move(made).value();
            loop.stop();
        });
        loop.run_for(patience);
        ASSERT_TRUE(c);
        c->execute("select 1")([alive](result<command_tag>) { ADD_FAILURE(); });
        c->close();
    }
    EXPECT_EQ(alive.use_count(), 1);
}

} // namespace
