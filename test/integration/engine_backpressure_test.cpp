// SPDX-License-Identifier: BSL-1.0
// More bytes in both directions than sockets can hold. A client that only writes while the server only writes would wait for
// ever.
#include "support/judge.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::task;

constexpr std::size_t large = 256 * 1024;

std::string text_number(std::size_t i) { return std::string(large, static_cast<char>('a' + i % 26)) + std::to_string(i); }

TEST(engine_backpressure, two_hundred_large_statements_at_once_all_complete) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        std::vector<started<std::string>> echoes;
        for (std::size_t i = 0; i < 200; ++i) {
            echoes.emplace_back(c.fetch_one<std::string>("select $1::text", text_number(i)));
        }
        for (std::size_t i = 0; i < 200; ++i) {
            BOOST_OUTCOME_CO_TRY(auto echo, co_await echoes[i].get());
            EXPECT_TRUE(echo == text_number(i)) << i;
        }
        co_return success();
    });
}

TEST(engine_backpressure, a_lone_large_statement_completes) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        const std::string huge(64 * large, 'x');
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        for (int i = 0; i < 2; ++i) {
            BOOST_OUTCOME_CO_TRY(auto echo, co_await c.fetch_one<std::string>("select $1::text", huge));
            EXPECT_TRUE(echo == huge);
        }
        co_return success();
    });
}

TEST(engine_backpressure, execute_many_of_rows_that_all_come_back_completes) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (id int, v text)"));
        std::vector<std::tuple<int, std::string>> rows;
        for (int id = 0; id < 20'000; ++id) {
            rows.emplace_back(id, std::string(1024, 'v'));
        }
        BOOST_OUTCOME_CO_TRY(auto tag, co_await c.execute_many("insert into kept values ($1, $2) returning v || id", rows));
        EXPECT_EQ(tag, "INSERT 0 20000");
        BOOST_OUTCOME_CO_TRY(auto kept, co_await c.fetch_one<long>("select sum(length(v)) from kept"));
        EXPECT_EQ(kept, 20'000 * 1024);
        co_return success();
    });
}

// A batch sends its later statements while the answers of its first ones come in.
TEST(engine_backpressure, a_large_batch_completes) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        const std::string huge(32 * large, 'x');
        for (int i = 0; i < 2; ++i) {
            BOOST_OUTCOME_CO_TRY(auto r, co_await c.batch(pgcoro::fetch_one<std::string>("select $1::text", huge),
                                                          pgcoro::fetch_one<std::string>("select $1::text || 'a'", huge),
                                                          pgcoro::fetch_one<std::string>("select $1::text || 'b'", huge)));
            auto& [first, second, third] = r;
            EXPECT_TRUE(first == huge && second == huge + 'a' && third == huge + 'b');
        }
        co_return success();
    });
}

// libpq reads while it waits to send. An answer that came so must not wait for the next one.
TEST(engine_backpressure, an_answer_that_came_while_sending_is_delivered) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(4)");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        const std::string huge(64 * large, 'x');
        started first(c.fetch_one<int>("select 1"));
        started blocked(c.fetch_one<long>("select length($1::text)::int8 from (select pg_advisory_xact_lock(4)) b", huge));
        BOOST_OUTCOME_CO_TRY(auto one, co_await first.get());
        EXPECT_EQ(one, 1);
        judge.value("select pg_advisory_unlock(4)");
        BOOST_OUTCOME_CO_TRY(auto length, co_await blocked.get());
        EXPECT_EQ(length, static_cast<long>(huge.size()));
        co_return success();
    });
}

/// How often the loop turns for some round trips. Its turns are the reactor's wake-ups and the handlers it ran.
std::size_t turns_of_round_trips(asio::io_context& loop, connection& c) {
    std::size_t turns = 0;
    for (int i = 0; i < 200; ++i) {
        started trip(c.execute("select"));
        while (!trip.is_complete() && loop.run_one() != 0) {
            ++turns;
        }
        EXPECT_TRUE(trip.outcome());
    }
    return turns;
}

// Asked once whether a socket is writable, epoll says so again with every wait for reading: for nothing, and for ever.
TEST(engine_backpressure, waiting_for_writability_once_makes_no_later_wait_wake_up_twice) {
    asio::io_context loop(1);
    auto work = asio::make_work_guard(loop); // an idle connection is none
    started connecting(pgcoro::connect(loop.get_executor(), shared_server().dsn()));
    while (!connecting.is_complete() && loop.run_one() != 0) {
    }
    ASSERT_TRUE(connecting.outcome()) << error_of(connecting.outcome());
    auto& c = const_cast<connection&>(connecting.outcome().value());
    static_cast<void>(turns_of_round_trips(loop, c));
    const auto before = turns_of_round_trips(loop, c);

    const std::string huge(64 * large, 'x');
    started blocking(c.fetch_one<long>("select length($1::text)::int8", huge));
    while (!blocking.is_complete() && loop.run_one() != 0) {
    }
    EXPECT_EQ(blocking.outcome().value(), static_cast<long>(huge.size()));

    static_cast<void>(turns_of_round_trips(loop, c));
    EXPECT_LE(turns_of_round_trips(loop, c), before + before / 10);
    c.close();
    work.reset();
    loop.run();
}

} // namespace
