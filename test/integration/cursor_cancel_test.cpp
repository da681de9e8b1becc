// SPDX-License-Identifier: BSL-1.0
// Operations of cursors that are given up, and cursors and transactions that are dropped while the server is at a FETCH.
#include "cancel_fixture.hpp"
#include "cursor_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::cursor_options;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transaction;

/// Row 15 of its cursors waits for the lock that the fixture holds.
class a_cursor_that_is_given_up : public cancelling {
protected:
    static pgcoro::cursor<std::int32_t> blocking(transaction& tx, int ahead) {
        cursor_options options;
        options.prefetch = ahead;
        return tx.cursor<std::int32_t>(options, "select case when n = 15 then length(pg_advisory_xact_lock(7)::text) + 15"
                                                " else n end from generate_series(1, 100) as s (n)");
    }

    static task<> expect_usable(connection& c) {
        BOOST_OUTCOME_CO_TRY(auto answer, co_await c.fetch_one<int>("select 42"));
        EXPECT_EQ(answer, 42);
        co_return success();
    }
};

TEST_F(a_cursor_that_is_given_up, stops_the_fetch_that_its_caller_waits_for) {
    with_connection(config(), [&](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            auto rows = blocking(tx, 0);
            auto told = co_await cancelled(c, rows.fetch(20));
            EXPECT_EQ(error_of(told).code(), boost::system::errc::operation_canceled);
            EXPECT_FALSE(error_of(told).safe_to_retry());
            auto later = co_await rows.fetch(1);
            EXPECT_EQ(error_of(later).code(), boost::system::errc::operation_canceled);
            EXPECT_NE(error_of(later).message().find("rows are lost"), std::string::npos);
            auto statement = co_await tx.execute("select 1");
            EXPECT_EQ(error_of(statement), sqlstate::in_failed_sql_transaction);
            BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        }
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
}

TEST_F(a_cursor_that_is_given_up, stops_the_fetch_ahead_that_its_caller_waits_for) {
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        auto rows = blocking(tx, 10);
        BOOST_OUTCOME_CO_TRY(auto first, co_await rows.fetch());
        EXPECT_EQ(first, numbers(1, 10));
        co_await until_blocked(judge_, c); // the FETCH ahead
        auto told = co_await rows.fetch().within(50ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        EXPECT_FALSE(error_of(told).safe_to_retry());
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
}

TEST_F(a_cursor_that_is_given_up, loses_nothing_if_nothing_was_sent) {
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        auto rows = tx.cursor<std::int32_t>("select * from generate_series(1, 100)");
        auto late = co_await rows.fetch(3).by(std::chrono::steady_clock::now() - 1s);
        EXPECT_EQ(error_of(late), errc::timed_out);
        EXPECT_TRUE(error_of(late).safe_to_retry());
        asio::cancellation_signal signal;
        std::optional<pgcoro::result<std::vector<std::int32_t>>> second;
        started first(rows.fetch(3));
        rows.fetch(3)(asio::bind_cancellation_slot(signal.slot(), [&](auto r) { second = std::move(r); }));
        started third(rows.fetch(3));
        signal.emit(asio::cancellation_type::terminal);
        BOOST_OUTCOME_CO_TRY(auto from_first, co_await first.get());
        BOOST_OUTCOME_CO_TRY(auto from_third, co_await third.get());
        EXPECT_EQ(from_first, numbers(1, 3));
        EXPECT_EQ(from_third, numbers(4, 6));
        if (!second) {
            ADD_FAILURE() << "it was not told";
            co_return success();
        }
        EXPECT_EQ(error_of(*second).code(), boost::system::errc::operation_canceled);
        EXPECT_TRUE(error_of(*second).safe_to_retry());
        co_return co_await tx.commit();
    });
}

TEST_F(a_cursor_that_is_given_up, and_dropped_with_its_transaction_does_not_keep_the_connection) {
    with_connection(config(), [&](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            auto rows = blocking(tx, 10);
            BOOST_OUTCOME_CO_TRY(auto first, co_await rows.fetch());
            co_await until_blocked(judge_, c);
        }
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c)); // while the lock is still held
        co_return success();
    });
}

TEST_F(a_cursor_that_is_given_up, when_its_transaction_is_dropped_first_does_not_keep_the_connection_either) {
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        auto rows = blocking(tx, 10);
        BOOST_OUTCOME_CO_TRY(auto first, co_await rows.fetch());
        co_await until_blocked(judge_, c);
        tx = {};
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        auto late = co_await rows.fetch();
        EXPECT_FALSE(late);
        EXPECT_TRUE(error_of(late).safe_to_retry());
        co_return success();
    });
}

// Its transaction goes on, so that its FETCH must not be cancelled.
TEST_F(a_cursor_that_is_given_up, alone_lets_its_fetch_end) {
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        {
            auto rows = blocking(tx, 10);
            BOOST_OUTCOME_CO_TRY(auto first, co_await rows.fetch());
            co_await until_blocked(judge_, c);
        }
        started next(tx.fetch_one<std::int64_t>(count_of_cursors));
        co_await until_sent();
        unlock();
        BOOST_OUTCOME_CO_TRY(auto open, co_await next.get());
        EXPECT_EQ(open, 0);
        co_return co_await tx.commit();
    });
}

TEST_F(a_cursor_that_is_given_up, while_a_fetch_is_awaited_ends_with_the_rows_when_the_transaction_is_dropped) {
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        auto rows = blocking(tx, 10);
        BOOST_OUTCOME_CO_TRY(auto first, co_await rows.fetch());
        started second(rows.fetch());
        co_await until_blocked(judge_, c);
        tx = {};
        co_await until_sent();
        unlock();
        BOOST_OUTCOME_CO_TRY(auto more, co_await second.get());
        EXPECT_EQ(more, numbers(11, 20));
        BOOST_OUTCOME_CO_TRY(co_await expect_usable(c));
        co_return success();
    });
}

} // namespace
