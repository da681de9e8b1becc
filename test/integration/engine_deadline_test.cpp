// SPDX-License-Identifier: BSL-1.0
// Deadlines and cancellation: the caller is told at once, and what it is told of the statement is true. No cancel requests
// here: those are in cancel_test.cpp.
#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::command_tag;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::operation;
using pgcoro::result;
using pgcoro::task;
using clock_type = std::chrono::steady_clock;

/// How a caller gives up: by a deadline, or through its cancellation slot.
enum class way { deadline, cancellation };

class engine_giving_up : public testing::TestWithParam<way> {
protected:
    engine_giving_up() {
        judge_.value("drop table if exists given_up; create table given_up (id int)");
        judge_.value("select pg_advisory_lock(3)");
    }

    /// Starts an operation that will be given up, and waits until it was.
    asio::awaitable<result<command_tag>> give_up(operation<command_tag> op) {
        if (GetParam() == way::deadline) {
            co_return co_await std::move(op).within(50ms);
        }
        asio::cancellation_signal signal;
        result<command_tag> outcome;
        bool told = false;
        std::move(op)(asio::bind_cancellation_slot(signal.slot(), [&](result<command_tag> r) {
            outcome = std::move(r);
            told = true;
        }));
        co_await asio::post(asio::use_awaitable);
        signal.emit(asio::cancellation_type::terminal);
        while (!told) {
            co_await asio::post(asio::use_awaitable);
        }
        co_return outcome;
    }

    void expect_given_up(const error& e) {
        if (GetParam() == way::deadline) {
            EXPECT_EQ(e, errc::timed_out);
        } else {
            EXPECT_EQ(e.code(), boost::system::errc::operation_canceled) << e;
        }
        EXPECT_FALSE(e.connection_lost());
    }

    static pgcoro::connect_config config() {
        pgcoro::connect_config c(shared_server().dsn());
        c.cancel_timeout(0ms);
        return c;
    }

    std::string rows() { return judge_.value("select count(*) from given_up"); }

    /// It holds advisory lock 3.
    libpq_session judge_{shared_server().dsn()};
};

TEST_P(engine_giving_up, in_flight_the_outcome_is_unknown_and_the_next_gets_its_own_answer) {
    with_connection(config(), [&](connection& c) -> task<> {
        auto told = co_await give_up(c.execute("insert into given_up select 1 from (select pg_advisory_xact_lock(3)) b"));
        expect_given_up(error_of(told));
        EXPECT_TRUE(error_of(told).outcome_unknown());
        EXPECT_FALSE(error_of(told).safe_to_retry());
        started next(c.fetch_one<int>("select 42"));
        judge_.value("select pg_advisory_unlock(3)");
        BOOST_OUTCOME_CO_TRY(auto answer, co_await next.get());
        EXPECT_EQ(answer, 42);
        co_return success();
    });
    EXPECT_EQ(rows(), "1") << "it went on at the server";
}

TEST_P(engine_giving_up, alone_in_flight_the_outcome_is_unknown_and_the_next_gets_its_own_answer) {
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        const std::string insert = "insert into given_up select 1 from (select pg_advisory_xact_lock(3)) b";
        auto told = co_await give_up(c.execute(pgcoro::unchecked_sql(insert)));
        expect_given_up(error_of(told));
        EXPECT_TRUE(error_of(told).outcome_unknown());
        started next(c.fetch_one<int>("select 42"));
        judge_.value("select pg_advisory_unlock(3)");
        BOOST_OUTCOME_CO_TRY(auto answer, co_await next.get());
        EXPECT_EQ(answer, 42);
        co_return success();
    });
    EXPECT_EQ(rows(), "1") << "it went on at the server";
}

TEST_P(engine_giving_up, queued_behind_a_lone_statement_it_is_not_executed) {
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        started alone(c.execute(pgcoro::unchecked_sql("select pg_advisory_xact_lock(3)")));
        co_await until_blocked(judge_, c);
        started before(c.execute("insert into given_up values (1)"));
        auto told = co_await give_up(c.execute("insert into given_up values (2)"));
        expect_given_up(error_of(told));
        EXPECT_TRUE(error_of(told).safe_to_retry());
        EXPECT_FALSE(error_of(told).outcome_unknown());
        started behind(c.execute("insert into given_up values (3)"));
        judge_.value("select pg_advisory_unlock(3)");
        BOOST_OUTCOME_CO_TRY(co_await alone.get());
        BOOST_OUTCOME_CO_TRY(co_await before.get());
        BOOST_OUTCOME_CO_TRY(co_await behind.get());
        co_return success();
    });
    EXPECT_EQ(judge_.value("select string_agg(id::text, ',' order by id) from given_up"), "1,3");
}

// 1024 is the most that is in flight.
TEST_P(engine_giving_up, queued_behind_a_full_pipeline_it_is_not_executed) {
    with_connection(config(), [&](connection& c) -> task<> {
        started blocked(c.execute("select pg_advisory_xact_lock(3)"));
        std::vector<started<command_tag>> full;
        for (int i = 0; i < 1023; ++i) {
            full.emplace_back(c.execute("select"));
        }
        auto told = co_await give_up(c.execute("insert into given_up values (1)"));
        expect_given_up(error_of(told));
        EXPECT_TRUE(error_of(told).safe_to_retry());
        judge_.value("select pg_advisory_unlock(3)");
        BOOST_OUTCOME_CO_TRY(co_await full.back().get());
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_P(engine_giving_up, a_failure_that_comes_too_late_reaches_nobody) {
    with_connection(config(), [&](connection& c) -> task<> {
        auto told = co_await give_up(c.execute("select 1 / (case when random() < 2 then 0 else 1 end) "
                                               "from (select pg_advisory_xact_lock(3)) b"));
        expect_given_up(error_of(told));
        judge_.value("select pg_advisory_unlock(3)");
        BOOST_OUTCOME_CO_TRY(auto answer, co_await c.fetch_one<int>("select 42"));
        EXPECT_EQ(answer, 42);
        co_return success();
    });
}

TEST_P(engine_giving_up, a_batch_in_flight_swallows_all_its_answers) {
    with_connection(config(), [&](connection& c) -> task<> {
        const std::vector<int> many{1, 2, 3};
        auto told = co_await give_up(
            c.execute_many("insert into given_up select $1::int from (select pg_advisory_xact_lock(3)) b returning id", many));
        expect_given_up(error_of(told));
        EXPECT_TRUE(error_of(told).outcome_unknown());
        judge_.value("select pg_advisory_unlock(3)");
        BOOST_OUTCOME_CO_TRY(auto answer, co_await c.fetch_one<int>("select 42"));
        EXPECT_EQ(answer, 42);
        co_return success();
    });
    EXPECT_EQ(rows(), "3");
}

INSTANTIATE_TEST_SUITE_P(by, engine_giving_up, testing::Values(way::deadline, way::cancellation),
                         [](const auto& chosen) { return chosen.param == way::deadline ? "deadline" : "cancellation"; });

TEST(engine_deadline, in_the_past_nothing_is_sent) {
    libpq_session judge(shared_server().dsn());
    judge.value("drop table if exists past; create table past (id int)");
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const auto limit : {clock_type::duration(-1s), clock_type::duration(0), clock_type::duration::min()}) {
            auto told = co_await c.execute("insert into past values (1)").within(limit);
            EXPECT_EQ(error_of(told), errc::timed_out);
            EXPECT_TRUE(error_of(told).safe_to_retry());
        }
        auto told = co_await c.execute("insert into past values (1)").by(clock_type::now() - 1s);
        EXPECT_EQ(error_of(told), errc::timed_out);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        co_return success();
    });
    EXPECT_EQ(judge.value("select count(*) from past"), "0");
}

TEST(engine_deadline, far_away_does_not_overflow) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select").within(clock_type::duration::max()));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select").within(clock_type::duration::max() - 1ns));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select").within(24h * 365 * 200));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select").by(clock_type::time_point::max()));
        co_return success();
    });
}

TEST(engine_deadline, the_earliest_of_several_ends_only_its_own) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(4)");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        started late(c.execute("select pg_advisory_xact_lock(4)").within(1h));
        started never(c.fetch_one<int>("select 1"));
        started soon(c.fetch_one<int>("select 2").within(100ms));
        started sooner(c.fetch_one<int>("select 3").within(20ms));
        auto third = co_await sooner.get();
        EXPECT_EQ(error_of(third), errc::timed_out);
        auto second = co_await soon.get();
        EXPECT_EQ(error_of(second), errc::timed_out);
        EXPECT_FALSE(late.is_complete() || never.is_complete());
        judge.value("select pg_advisory_unlock(4)");
        BOOST_OUTCOME_CO_TRY(co_await late.get());
        BOOST_OUTCOME_CO_TRY(auto one, co_await never.get());
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

} // namespace
