// SPDX-License-Identifier: BSL-1.0
// Borrowing: connections for a while and for single statements, who waits, and who does not get one.
#include "support/judge.hpp"
#include "support/pooling.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <set>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::pooled_connection;
using pgcoro::task;

TEST(pool_lending, statements_on_the_pool_run) {
    with_pool(pool_options(), [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto one, co_await db.fetch_one<int>("select $1 + 1", 0));
        EXPECT_EQ(one, 1);
        BOOST_OUTCOME_CO_TRY(auto none, co_await db.fetch_optional<int>("select 1 where false"));
        EXPECT_FALSE(none);
        BOOST_OUTCOME_CO_TRY(auto rows, co_await db.fetch("select generate_series(1, 3)"));
        EXPECT_EQ(rows.size(), 3u);
        BOOST_OUTCOME_CO_TRY(auto tag, co_await db.execute("select"));
        EXPECT_EQ(tag.rows_affected(), 1u);
        BOOST_OUTCOME_CO_TRY(auto both,
                             co_await db.batch(pgcoro::fetch_one<int>("select 1"), pgcoro::fetch_one<int>("select 2")));
        EXPECT_EQ(std::get<1>(both), 2);
        BOOST_OUTCOME_CO_TRY(co_await db.execute("drop table if exists pool_many"));
        BOOST_OUTCOME_CO_TRY(co_await db.execute("create table pool_many (id int)"));
        const std::vector<int> many{1, 2, 3};
        BOOST_OUTCOME_CO_TRY(auto inserted, co_await db.execute_many("insert into pool_many values ($1)", many));
        EXPECT_EQ(inserted.rows_affected(), 3u);
        co_return success();
    });
}

TEST(pool_lending, one_after_the_other_need_one_connection) {
    with_pool(pool_options(), [](pool& db) -> task<> {
        std::set<int> backends;
        for (int i = 0; i < 20; ++i) {
            BOOST_OUTCOME_CO_TRY(auto pid, co_await db.fetch_one<int>("select pg_backend_pid()"));
            backends.insert(pid);
        }
        EXPECT_EQ(backends.size(), 1u);
        co_return success();
    });
}

TEST(pool_lending, many_at_once_share_what_there_is) {
    pool_options options;
    options.max_size = 3;
    with_pool(options, [](pool& db) -> task<> {
        std::vector<started<std::tuple<int, int>>> all;
        for (int i = 0; i < 300; ++i) {
            all.emplace_back(db.fetch_one<std::tuple<int, int>>("select $1, pg_backend_pid()", i));
        }
        std::set<int> backends;
        for (int i = 0; i < 300; ++i) {
            BOOST_OUTCOME_CO_TRY(auto answer, co_await all[static_cast<std::size_t>(i)].get());
            EXPECT_EQ(std::get<0>(answer), i);
            backends.insert(std::get<1>(answer));
        }
        EXPECT_LE(backends.size(), 3u);
        BOOST_OUTCOME_CO_TRY(auto stats, co_await db.statistics());
        EXPECT_EQ(stats.requests_num, 300u);
        EXPECT_EQ(stats.pool_size, stats.pool_available);
        co_return success();
    });
}

TEST(pool_lending, a_borrowed_connection_is_nobody_elses) {
    pool_options options;
    options.max_size = 1;
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        const int pid = mine.backend_pid();
        started waiting(db.fetch_one<int>("select pg_backend_pid()"));
        BOOST_OUTCOME_CO_TRY(auto still_mine, co_await mine.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_EQ(still_mine, pid);
        EXPECT_FALSE(waiting.is_complete());
        mine.release();
        EXPECT_FALSE(mine.is_open());
        BOOST_OUTCOME_CO_TRY(auto theirs, co_await waiting.get());
        EXPECT_EQ(theirs, pid);
        co_return success();
    });
}

TEST(pool_lending, one_that_goes_out_of_scope_is_back) {
    pool_options options;
    options.max_size = 1;
    with_pool(options, [](pool& db) -> task<> {
        for (int i = 0; i < 5; ++i) {
            BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
            BOOST_OUTCOME_CO_TRY(co_await mine.execute("select"));
            pooled_connection moved = std::move(mine);
            BOOST_OUTCOME_CO_TRY(co_await moved.execute("select"));
        }
        BOOST_OUTCOME_CO_TRY(auto health, co_await db.health());
        EXPECT_EQ(health.size, 1u);
        EXPECT_EQ(health.in_use, 0u);
        co_return success();
    });
}

TEST(pool_lending, an_operation_started_after_the_connection_was_given_back_fails) {
    pool_options options;
    options.max_size = 1;
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        auto late = mine.execute("select 1");
        mine.release();
        auto other = co_await db.acquire();
        EXPECT_TRUE(other);
        auto outcome = co_await std::move(late);
        EXPECT_EQ(error_of(outcome), errc::connection_closed);
        EXPECT_TRUE(error_of(outcome).safe_to_retry());
        auto later = co_await mine.execute("select 1");
        EXPECT_EQ(error_of(later), errc::connection_closed);
        co_return success();
    });
}

TEST(pool_lending, who_cannot_wait_any_longer_is_told_how_things_are) {
    pool_options options;
    options.min_size = options.max_size = 1;
    options.acquire_timeout = 500ms;
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.open()); // which has the time it needs
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        auto second = co_await db.acquire();
        EXPECT_EQ(error_of(second), errc::timed_out);
        EXPECT_TRUE(error_of(second).safe_to_retry());
        EXPECT_NE(error_of(second).message().find("1 connection, 0 idle, 1 in use; 0 waiting"), std::string::npos)
            << error_of(second);
        auto statement = co_await db.execute("select 1").within(1ms);
        EXPECT_EQ(error_of(statement), errc::timed_out);
        EXPECT_TRUE(error_of(statement).safe_to_retry());
        co_return success();
    });
}

TEST(pool_lending, too_many_who_wait_are_sent_away) {
    pool_options options;
    options.max_size = 1;
    options.max_waiting = 2;
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        started first(db.execute("select 1"));
        started second(db.acquire());
        auto third = co_await db.execute("select 3");
        EXPECT_EQ(error_of(third), errc::pool_exhausted);
        auto fourth = co_await db.acquire();
        EXPECT_EQ(error_of(fourth), errc::pool_exhausted);
        mine.release();
        auto one = co_await first.get();
        EXPECT_TRUE(one);
        auto two = co_await second.get();
        EXPECT_TRUE(two);
        co_return success();
    });
}

TEST(pool_lending, who_is_cancelled_while_waiting_leaves_the_line) {
    pool_options options;
    options.max_size = 1;
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        asio::cancellation_signal give_up;
        int told = 0;
        const auto on_end = [&](const auto& outcome) {
            ++told;
            EXPECT_EQ(error_of(outcome), asio::error::operation_aborted);
            EXPECT_TRUE(error_of(outcome).safe_to_retry());
        };
        db.acquire()(asio::bind_cancellation_slot(give_up.slot(), on_end));
        give_up.emit(asio::cancellation_type::terminal);
        asio::cancellation_signal give_up_too;
        db.execute("select 1")(asio::bind_cancellation_slot(give_up_too.slot(), on_end));
        give_up_too.emit(asio::cancellation_type::terminal);
        BOOST_OUTCOME_CO_TRY(auto health, co_await db.health());
        EXPECT_EQ(health.waiting, 0u);
        EXPECT_EQ(told, 2);
        co_return success();
    });
}

// Its acquire was granted, and its handler has not run yet: the connection must not be lost on the way.
TEST(pool_lending, who_is_cancelled_too_late_has_the_connection) {
    pool_options options;
    options.max_size = 1;
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        asio::cancellation_signal give_up;
        bool has_it = false;
        const auto on_end = [&](pgcoro::result<pooled_connection> outcome) { has_it = outcome.has_value(); };
        db.acquire()(asio::bind_cancellation_slot(give_up.slot(), on_end));
        give_up.emit(asio::cancellation_type::terminal);
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        EXPECT_TRUE(has_it);
        co_return success();
    });
}

TEST(pool_lending, one_deadline_covers_waiting_and_the_statement) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(20)");
    with_pool(pool_options(), [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        auto outcome = co_await db.execute("select pg_advisory_xact_lock(20)").within(100ms);
        EXPECT_EQ(error_of(outcome), errc::timed_out);
        EXPECT_TRUE(error_of(outcome).outcome_unknown()) << "it waited for the lock, not for a connection";
        judge.value("select pg_advisory_unlock(20)");
        co_return success();
    });
}

pgcoro::connect_config without_cancel_requests() {
    pgcoro::connect_config config(shared_server().dsn());
    return config.cancel_timeout(0ms);
}

TEST(pool_lending, a_statement_that_was_given_up_keeps_its_connection_until_the_server_is_done) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(21)");
    pool_options options;
    options.max_size = 1;
    options.reset_timeout = 1h;
    with_pool(without_cancel_requests(), options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto pid, co_await db.fetch_one<int>("select pg_backend_pid()"));
        auto given_up = co_await db.execute("select pg_advisory_xact_lock(21)").within(100ms);
        EXPECT_TRUE(error_of(given_up).outcome_unknown());
        started next(db.fetch_one<int>("select pg_backend_pid()"));
        co_await until(judge, "select count(*) = 1 from pg_stat_activity where wait_event_type = 'Lock' and pid = " +
                                  std::to_string(pid));
        EXPECT_FALSE(next.is_complete());
        judge.value("select pg_advisory_unlock(21)");
        BOOST_OUTCOME_CO_TRY(auto same, co_await next.get());
        EXPECT_EQ(same, pid);
        co_return success();
    });
}

TEST(pool_lending, a_statement_that_was_given_up_and_does_not_end_costs_the_connection) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(22)");
    pool_options options;
    options.max_size = 1;
    options.reset_timeout = 50ms;
    with_pool(without_cancel_requests(), options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto pid, co_await db.fetch_one<int>("select pg_backend_pid()"));
        auto given_up = co_await db.execute("select pg_advisory_xact_lock(22)").within(100ms);
        EXPECT_TRUE(error_of(given_up).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(auto other, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_NE(other, pid);
        BOOST_OUTCOME_CO_TRY(auto stats, co_await db.statistics());
        EXPECT_EQ(stats.returns_bad, 1u);
        co_return success();
    });
    judge.value("select pg_advisory_unlock(22)");
}

TEST(pool_lending, a_statement_that_fails_leaves_a_good_connection) {
    pool_options options;
    options.max_size = 1;
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto pid, co_await db.fetch_one<int>("select pg_backend_pid()"));
        auto failed = co_await db.execute("select 1 / 0");
        EXPECT_EQ(error_of(failed), pgcoro::sqlstate::division_by_zero);
        BOOST_OUTCOME_CO_TRY(auto same, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_EQ(same, pid);
        co_return success();
    });
}

TEST(pool_lending, of_a_pool_that_was_moved_from_there_is_nothing) {
    with_pool(pool_options(), [](pool& db) -> task<> {
        pool other = std::move(db);
        BOOST_OUTCOME_CO_TRY(co_await other.execute("select"));
        auto statement = co_await db.execute("select"); // NOLINT(bugprone-use-after-move): that is the question
        EXPECT_FALSE(statement);
        auto acquired = co_await db.acquire();
        EXPECT_EQ(error_of(acquired), errc::pool_closed);
        co_return success();
    });
}

} // namespace
