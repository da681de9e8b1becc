// SPDX-License-Identifier: BSL-1.0
// A statement that was given up is stopped at the server, and the connection goes on.
#include "cancel_fixture.hpp"

#include "support/by_hand.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;
using pgcoro::unchecked_sql;
using cancel = cancelling;

task<> expect_usable(connection& c) {
    BOOST_OUTCOME_CO_TRY(auto answer, co_await c.fetch_one<int>("select 42"));
    EXPECT_EQ(answer, 42);
    co_return success();
}

TEST_F(cancel, a_deadline_stops_what_runs) {
    with_connection(config(), [&](connection& c) -> task<> {
        auto told = co_await c.execute(unchecked_sql(wait_for_lock)).within(50ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        EXPECT_TRUE(error_of(told).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c)); // while the lock is still held
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, a_signal_of_any_type_stops_what_runs) {
    for (const auto type :
         {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::total}) {
        with_connection(config(), [&](connection& c) -> task<> {
            auto told = co_await cancelled(c, c.execute(unchecked_sql(wait_for_lock)), type);
            EXPECT_EQ(error_of(told).code(), boost::system::errc::operation_canceled);
            EXPECT_TRUE(error_of(told).outcome_unknown());
            BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
            co_return success();
        });
    }
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, the_timer_of_an_or_stops_what_runs) {
    using namespace asio::experimental::awaitable_operators;
    with_connection(config(), [&](connection& c) -> task<> {
        asio::steady_timer timer(co_await asio::this_coro::executor, 50ms);
        auto statement = c.execute(unchecked_sql(wait_for_lock))(asio::use_awaitable);
        auto waiting = timer.async_wait(asio::use_awaitable);
        auto first = co_await (std::move(statement) || std::move(waiting));
        EXPECT_EQ(first.index(), 1u);
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, one_that_is_alone_on_its_connection_too) {
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        auto told = co_await cancelled(c, c.execute(unchecked_sql(wait_for_lock)));
        EXPECT_TRUE(error_of(told).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, over_tcp_too) {
    pgcoro::connect_config tcp(shared_server().tcp_dsn());
    with_connection(tcp, [&](connection& c) -> task<> {
        auto told = co_await cancelled(c, c.execute(unchecked_sql(wait_for_lock)));
        EXPECT_TRUE(error_of(told).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, with_the_longer_keys_of_protocol_3_2_too) {
    auto newest = config();
    newest.set("max_protocol_version", "latest");
    if (const auto unknown = newest.check(); !unknown) {
        GTEST_SKIP() << unknown.error();
    }
    with_connection(newest, [&](connection& c) -> task<> {
        auto told = co_await cancelled(c, c.execute(unchecked_sql(wait_for_lock)));
        EXPECT_TRUE(error_of(told).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c)); // while the lock is still held
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, batches_and_many_are_stopped_as_a_whole) {
    with_connection(config(), [&](connection& c) -> task<> {
        auto batch = c.batch(pgcoro::execute("insert into cancelled values (1)"), pgcoro::execute(wait_for_lock),
                             pgcoro::execute("select 1"));
        auto first = co_await std::move(batch).within(100ms);
        EXPECT_TRUE(error_of(first).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        const std::vector<int> many{1, 2, 3};
        auto second = co_await cancelled(
            c, c.execute_many("insert into cancelled select $1::int from (select pg_advisory_xact_lock(7)) b", many));
        EXPECT_TRUE(error_of(second).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, nothing_is_stopped_while_somebody_waits_for_an_answer) {
    with_connection(config(), [&](connection& c) -> task<> {
        started given_up(c.execute(unchecked_sql(wait_for_lock)).within(50ms));
        started behind(c.execute("insert into cancelled values (2)"));
        auto told = co_await given_up.get();
        EXPECT_EQ(error_of(told), errc::timed_out);
        co_await until_blocked(judge_, c);
        unlock();
        BOOST_OUTCOME_CO_TRY(co_await behind.get());
        co_return success();
    });
    EXPECT_EQ(rows(), "2") << "the signal would have hit whatever ran then";
}

TEST_F(cancel, it_is_stopped_once_nobody_waits_any_more) {
    judge_.value("select pg_advisory_lock(8)");
    with_connection(config(), [&](connection& c) -> task<> {
        started before(c.execute("select pg_advisory_xact_lock(8)"));
        auto told = co_await c.execute(unchecked_sql(wait_for_lock)).within(50ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        EXPECT_FALSE(before.is_complete());
        judge_.value("select pg_advisory_unlock(8)");
        BOOST_OUTCOME_CO_TRY(co_await before.get());
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, several_that_were_given_up_are_stopped_one_after_the_other) {
    with_connection(config(), [&](connection& c) -> task<> {
        started first(c.execute(unchecked_sql(wait_for_lock)).within(50ms));
        started second(c.execute(unchecked_sql(wait_for_lock)).within(50ms));
        started third(c.execute(unchecked_sql(wait_for_lock)).within(60ms));
        for (auto* s : {&first, &second, &third}) {
            auto told = co_await s->get();
            EXPECT_EQ(error_of(told), errc::timed_out);
        }
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, what_comes_next_waits_and_can_be_given_up_itself) {
    with_connection(config(), [&](connection& c) -> task<> {
        auto told = co_await cancelled(c, c.execute(unchecked_sql(wait_for_lock)));
        EXPECT_TRUE(error_of(told).outcome_unknown());
        auto next = co_await c.execute("insert into cancelled values (1)").within(0ms);
        EXPECT_TRUE(error_of(next).safe_to_retry());
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, a_connection_closed_meanwhile_leaves_nothing) {
    with_connection(config(), [&](connection& c) -> task<> {
        auto told = co_await cancelled(c, c.execute(unchecked_sql(wait_for_lock)));
        EXPECT_TRUE(error_of(told).outcome_unknown());
        c.close(); // `run` fails the test if anything goes on
        co_return success();
    });
}

TEST_F(cancel, in_a_transaction_it_fails_the_transaction) {
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into cancelled values (1)"));
        auto told = co_await cancelled(c, tx.execute(unchecked_sql(wait_for_lock)));
        EXPECT_FALSE(error_of(told).outcome_unknown()) << "nothing of it lasts without a COMMIT";
        auto next = co_await tx.execute("select 1");
        EXPECT_EQ(error_of(next), pgcoro::sqlstate::in_failed_sql_transaction);
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, the_first_statement_takes_its_begin_along_or_leaves_a_transaction_to_roll_back) {
    with_connection(config(), [&](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            auto told = co_await cancelled(c, tx.execute(unchecked_sql(wait_for_lock)));
            EXPECT_TRUE(error_of(told));
        }
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        EXPECT_EQ(c.transaction_status(), pgcoro::transaction_status::idle);
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel, without_a_cancel_timeout_nothing_is_asked) {
    with_connection(config(0ms), [&](connection& c) -> task<> {
        auto told = co_await cancelled(c, c.execute(unchecked_sql(wait_for_lock)));
        EXPECT_TRUE(error_of(told).outcome_unknown());
        unlock();
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

// Its response has come, but what is to be known of its types has not been asked for yet.
TEST_F(cancel, is_told_for_a_response_that_cannot_be_read_at_once) {
    judge_.value("drop type if exists cancelled_kind");
    judge_.value("create type cancelled_kind as enum ('a')");
    judge_.value("select pg_advisory_lock(8)");
    asio::io_context loop(1);
    connection first = connect_by_hand(loop, config());
    connection second = connect_by_hand(loop, config());
    asio::cancellation_signal signal;
    std::optional<pgcoro::result<pgcoro::rowset>> told;
    first.execute(unchecked_sql(wait_for_lock))(
        [&](const pgcoro::result<pgcoro::command_tag>&) { signal.emit(asio::cancellation_type::terminal); });
    second.fetch(unchecked_sql("insert into cancelled select 2 from (select pg_advisory_xact_lock(8)) b "
                               "returning 'a'::cancelled_kind"))(
        asio::bind_cancellation_slot(signal.slot(), [&](pgcoro::result<pgcoro::rowset> r) { told = std::move(r); }));
    turn_until_quiet(loop);
    stand_still_until_blocked(judge_, first);
    stand_still_until_blocked(judge_, second);
    // The loop finds both responses at once, in this order.
    unlock();
    stand_still_until(judge_, first, "state = 'idle'");
    judge_.value("select pg_advisory_unlock(8)");
    stand_still_until(judge_, second, "state = 'idle'");
    turn_until(loop, [&] { return told.has_value(); });

    EXPECT_EQ(error_of(*told).code(), boost::system::errc::operation_canceled);
    EXPECT_TRUE(error_of(*told).outcome_unknown());
    started after(second.execute("select 1"));
    EXPECT_TRUE(outcome_by_hand(loop, after));
    EXPECT_EQ(rows(), "2");
}

} // namespace
