// SPDX-License-Identifier: BSL-1.0
// More bytes in both directions than sockets can hold. A client that only writes while the server only writes would wait for
// ever.
#include "support/by_hand.hpp"
#include "support/judge.hpp"
#include "support/proxy.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/copy_rows.hpp>
#include <pgcoro/pgcoro.hpp>

#include <algorithm>
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

/// How often the loop turns while a statement waits for a lock that the judge holds.
std::size_t turns_while_the_server_is_silent(asio::io_context& loop, connection& c, libpq_session& judge) {
    judge.value("select pg_advisory_lock(5)");
    turn_until_quiet(loop);
    started waiting(c.execute("select pg_advisory_xact_lock(5)"));
    const auto turns = turn_until_quiet(loop);
    judge.value("select pg_advisory_unlock(5)");
    EXPECT_TRUE(outcome_by_hand(loop, waiting));
    return turns;
}

// Asked once whether a socket is writable, epoll says so again with every wait for reading: for nothing, and forever.
TEST(engine_backpressure, waiting_for_writability_once_makes_no_later_wait_wake_up_for_nothing) {
    asio::io_context loop(1);
    libpq_session judge(shared_server().dsn());
    auto c = connect_by_hand(loop, shared_server().dsn());
    started first(c.execute("select")); // the first statement asks whose session it is, and may have its answer in two parts
    EXPECT_TRUE(outcome_by_hand(loop, first));
    turn_until_quiet(loop);
    const auto before = turns_while_the_server_is_silent(loop, c, judge);

    judge.value("select pg_advisory_lock(5)");
    const std::string huge(16 * large, 'x');
    started unread(c.fetch_one<long>("select length($1::text)::int8 from (select pg_advisory_xact_lock(5)) b", huge));
    started behind(c.fetch_one<long>("select length($1::text)::int8", huge));
    turn_until_quiet(loop);
    judge.value("select pg_advisory_unlock(5)");
    EXPECT_TRUE(outcome_by_hand(loop, unread));
    EXPECT_TRUE(outcome_by_hand(loop, behind));

    EXPECT_EQ(turns_while_the_server_is_silent(loop, c, judge), before);
    c.close();
    turn_until_quiet(loop);
}

// A COPY does not give it up at each wait.
TEST(engine_backpressure, waiting_for_writability_in_a_copy_makes_no_later_wait_wake_up_for_nothing) {
    asio::io_context loop(1);
    libpq_session judge(shared_server().dsn());
    judge.value("create table slowly_copied (v text);"
                "create function wait_for_judge() returns trigger language plpgsql as "
                "'begin perform pg_advisory_xact_lock_shared(5); return new; end';"
                "create trigger waits before insert on slowly_copied for each row execute function wait_for_judge()");
    auto c = connect_by_hand(loop, shared_server().dsn());
    started first(c.execute("select"));
    EXPECT_TRUE(outcome_by_hand(loop, first));
    turn_until_quiet(loop);
    const auto before = turns_while_the_server_is_silent(loop, c, judge);

    judge.value("select pg_advisory_lock(5)");
    const std::vector<std::tuple<std::string>> rows(32, std::tuple(std::string(large, 'x')));
    started copied(c.copy_in(pgcoro::copy_target("slowly_copied"), rows));
    turn_until_quiet(loop);
    judge.value("select pg_advisory_unlock(5)");
    EXPECT_EQ(outcome_by_hand(loop, copied).value().rows_affected(), rows.size());

    EXPECT_EQ(turns_while_the_server_is_silent(loop, c, judge), before);
    judge.value("drop table slowly_copied; drop function wait_for_judge()");
    c.close();
    turn_until_quiet(loop);
}

// Small enough for the sockets to take many more.
TEST(engine_backpressure, a_thousand_requests_are_in_flight_and_no_more) {
    constexpr std::size_t most = 1024;
    constexpr std::size_t all = most + 100;
    asio::io_context loop(1);
    proxy between(loop, shared_server());
    auto c = connect_by_hand(loop, between.config());
    started prepared(c.execute("select"));
    EXPECT_TRUE(outcome_by_hand(loop, prepared));
    const auto before = between.heard('S');

    between.keep();
    std::vector<started<pgcoro::command_tag>> many;
    for (std::size_t i = 0; i < all; ++i) {
        many.emplace_back(c.execute("select"));
    }
    turn_until_quiet(loop);
    EXPECT_EQ(between.heard('S') - before, most);

    between.pass_on();
    for (const auto& s : many) {
        EXPECT_TRUE(outcome_by_hand(loop, s));
    }
    EXPECT_EQ(between.heard('S') - before, all);
    c.close();
    turn_until_quiet(loop);
}

// What libpq is given, it copies. A request that it was not given is known not to have been sent.
TEST(engine_backpressure, nothing_more_is_given_to_libpq_while_the_socket_is_full) {
    asio::io_context loop(1);
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(6)");
    auto c = connect_by_hand(loop, shared_server().dsn());
    started blocking(c.execute("select pg_advisory_xact_lock(6)"));
    std::vector<started<long>> many;
    for (std::size_t i = 0; i < 100; ++i) {
        many.emplace_back(c.fetch_one<long>("select length($1::text)::int8", text_number(i)));
    }
    turn_until_quiet(loop);

    c.close();
    const auto unsent = std::ranges::count_if(many, [&](const auto& s) {
        const auto& told = outcome_by_hand(loop, s);
        return error_of(told).safe_to_retry();
    });
    EXPECT_GE(unsent, 97) << "the socket takes less than one of them";
    EXPECT_FALSE(error_of(outcome_by_hand(loop, blocking)).safe_to_retry());
    turn_until_quiet(loop);
    judge.value("select pg_advisory_unlock(6)");
}

} // namespace
