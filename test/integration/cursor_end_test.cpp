// SPDX-License-Identifier: BSL-1.0
// What ends a cursor: errors of its query, the end of its transaction, savepoints; and what does not, WITH HOLD.
#include "cursor_fixture.hpp"

#include "support/pooling.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::cursor_options;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transaction;

using a_cursor_that_ends = cursor_test;

cursor_options holding() {
    cursor_options options;
    options.hold = true;
    return options;
}

cursor_options ahead(int rows) {
    cursor_options options;
    options.prefetch = rows;
    return options;
}

TEST_F(a_cursor_that_ends, gives_the_rows_before_an_error_and_then_the_error) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::int32_t>(ahead(10), "select 100 / (25 - n) from generate_series(1, 100) as s (n)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch());
        EXPECT_EQ(rows.size(), 10U);
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch());
        EXPECT_EQ(rows.size(), 10U);
        auto failed = co_await c.fetch();
        EXPECT_EQ(error_of(failed), sqlstate::division_by_zero);
        EXPECT_EQ(error_of(failed).statement(), "select 100 / (25 - n) from generate_series(1, 100) as s (n)");
        auto after = co_await c.fetch();
        EXPECT_EQ(error_of(after), sqlstate::in_failed_sql_transaction);
        auto committed = co_await tx.commit();
        EXPECT_EQ(error_of(committed), errc::transaction_rolled_back);
        co_return success();
    });
}

TEST_F(a_cursor_that_ends, fails_its_transaction_early_by_an_error_in_the_rows_ahead_but_reports_it_in_order) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::int32_t>(ahead(10), "select 100 / (25 - n) from generate_series(1, 100) as s (n)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(5));
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(5)); // of ten; the next ten are asked for
        auto statement = co_await tx.execute("select 1");
        EXPECT_EQ(error_of(statement), sqlstate::in_failed_sql_transaction);
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(5));
        EXPECT_EQ(rows.size(), 5U);
        auto failed = co_await c.fetch(10);
        EXPECT_EQ(error_of(failed), sqlstate::division_by_zero);
        co_return success();
    });
}

TEST_F(a_cursor_that_ends, reports_errors_of_its_query_at_their_position_in_it) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::int32_t>("select 1 from no_such_table");
        auto failed = co_await c.fetch();
        EXPECT_EQ(error_of(failed), sqlstate::undefined_table);
        EXPECT_EQ(error_of(failed).statement(), "select 1 from no_such_table");
        EXPECT_EQ(error_of(failed).position(), 15);
        co_return success();
    });
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor("insert into no_such_table values (1)");
        auto failed = co_await c.open();
        EXPECT_EQ(error_of(failed), sqlstate::syntax_error);
        EXPECT_EQ(error_of(failed).position(), 1);
        EXPECT_NE(error_of(failed).hint().find("execute or fetch"), std::string_view::npos) << error_of(failed);
        co_return success();
    });
}

// Then nothing of it may be sent: a FETCH from what was not declared would fail the transaction.
TEST_F(a_cursor_that_ends, leaves_its_transaction_alone_when_its_query_cannot_be_sent) {
    in_transaction([](transaction& tx) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        const pgcoro::unchecked_sql bad(std::string("select 'a\0'", 11));
        auto strings = tx.cursor<std::string>(bad);
        auto rows = tx.cursor(bad);
        auto typed = tx.cursor<std::int32_t>(bad);
        auto from_strings = co_await strings.fetch();
        EXPECT_EQ(error_of(from_strings), errc::invalid_text);
        auto opened = co_await rows.open();
        EXPECT_EQ(error_of(opened), errc::invalid_text);
        auto from_rows = co_await rows.fetch();
        EXPECT_EQ(error_of(from_rows), errc::invalid_text);
        auto from_typed = co_await typed.fetch();
        EXPECT_EQ(error_of(from_typed), errc::invalid_text);
        EXPECT_TRUE(error_of(from_typed).is(pgcoro::error::nothing_sent));
        strings = {};
        co_return co_await tx.commit();
    });
}

TEST_F(a_cursor_that_ends, that_could_not_be_declared_fails_again_and_is_not_closed) {
    in_transaction([](transaction& tx) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("savepoint s"));
        {
            auto c = tx.cursor("select * from no_such_table");
            auto failed = co_await c.fetch();
            EXPECT_EQ(error_of(failed), sqlstate::undefined_table);
            failed = co_await c.fetch();
            EXPECT_EQ(error_of(failed), sqlstate::in_failed_sql_transaction);
            EXPECT_TRUE(co_await c.close());
        }
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("rollback to s"));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        co_return co_await tx.commit();
    });
}

TEST_F(a_cursor_that_ends, fails_for_good_when_a_row_cannot_be_read_but_leaves_its_transaction_alone) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::int32_t>(ahead(10), "select nullif(n, 15) from generate_series(1, 100) as s (n)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch());
        EXPECT_EQ(rows, numbers(1, 10));
        auto failed = co_await c.fetch();
        EXPECT_EQ(error_of(failed), errc::unexpected_null);
        failed = co_await c.fetch();
        EXPECT_EQ(error_of(failed), errc::unexpected_null);
        c = {};
        BOOST_OUTCOME_CO_TRY(auto open, co_await cursors(tx));
        EXPECT_EQ(open, 0);
        co_return co_await tx.commit();
    });
}

TEST_F(a_cursor_that_ends, is_over_with_its_transaction_and_sends_nothing) {
    with_proxy([](transaction& tx, proxy& between) -> task<> {
        auto c = tx.cursor<std::int32_t>("select * from generate_series(1, 1000)");
        auto unused = tx.cursor<std::int32_t>(holding(), "select 1");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(10));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        const auto syncs = between.heard('S');
        auto late = co_await c.fetch(10);
        EXPECT_EQ(error_of(late), errc::transaction_over);
        EXPECT_TRUE(error_of(late).is(pgcoro::error::nothing_sent));
        auto moved = co_await c.move(1);
        EXPECT_EQ(error_of(moved), errc::transaction_over);
        auto never_opened = co_await unused.fetch();
        EXPECT_EQ(error_of(never_opened), errc::transaction_over);
        EXPECT_TRUE(co_await c.close());
        EXPECT_EQ(between.heard('S'), syncs);
        pgcoro::cursor<int> none;
        auto of_none = co_await none.fetch();
        EXPECT_EQ(error_of(of_none), errc::transaction_over);
        co_return success();
    });
}

TEST_F(a_cursor_that_ends, outlives_a_commit_with_hold) {
    with_connection(shared_server().dsn(), [](connection& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
        auto c = tx.cursor<std::int32_t>(holding(), "select * from generate_series(1, 500)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(100));
        auto opened = tx.cursor<std::int32_t>(holding(), "select * from generate_series(1, 5)");
        BOOST_OUTCOME_CO_TRY(co_await opened.open());
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(300));
        EXPECT_EQ(rows, numbers(101, 400));
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(300));
        EXPECT_EQ(rows, numbers(401, 500));
        BOOST_OUTCOME_CO_TRY(rows, co_await opened.fetch());
        EXPECT_EQ(rows, numbers(1, 5));
        BOOST_OUTCOME_CO_TRY(co_await c.close());
        opened = {};
        BOOST_OUTCOME_CO_TRY(const auto left, co_await db.fetch_one<std::int64_t>(count_of_cursors));
        EXPECT_EQ(left, 0);
        co_return success();
    });
}

TEST_F(a_cursor_that_ends, with_hold_does_not_outlive_a_rollback) {
    with_connection(shared_server().dsn(), [](connection& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
        auto options = ahead(10);
        options.hold = true;
        auto c = tx.cursor<std::int32_t>(options, "select * from generate_series(1, 500)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(10));
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(10)); // they have arrived before
        EXPECT_EQ(rows, numbers(11, 20));
        auto late = co_await c.fetch(500);
        EXPECT_EQ(error_of(late), sqlstate::invalid_cursor_name);
        EXPECT_NE(error_of(late).message().find("rolled back"), std::string::npos) << error_of(late);
        c = {};
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        co_return success();
    });
}

TEST_F(a_cursor_that_ends, with_hold_keeps_the_connection_of_a_pool_until_it_is_dropped) {
    pgcoro::pool_options one;
    one.max_size = 1;
    with_pool(one, [](pgcoro::pool& pool) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await pool.begin());
        auto options = ahead(100);
        options.hold = true;
        auto c = tx.cursor<std::int32_t>(options, "select * from generate_series(1, 500)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(100));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(100));
        EXPECT_EQ(rows, numbers(101, 200));
        tx = {}; // a FETCH ahead is in flight
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(200));
        EXPECT_EQ(rows, numbers(201, 400));
        started waiting(pool.fetch_one<std::int64_t>(count_of_cursors));
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(1));
        EXPECT_EQ(rows, numbers(401, 401));
        EXPECT_FALSE(waiting.is_complete());
        c = {};
        BOOST_OUTCOME_CO_TRY(const auto left, co_await waiting.get());
        EXPECT_EQ(left, 0);
        co_return success();
    });
}

TEST_F(a_cursor_that_ends, of_a_savepoint_is_over_with_it) {
    in_transaction([](transaction& tx) -> task<> {
        auto outer = tx.cursor<std::int32_t>(ahead(10), "select * from generate_series(1, 100)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await outer.fetch(5));
        BOOST_OUTCOME_CO_TRY(auto point, co_await tx.begin());
        auto inner = point.cursor<std::int32_t>("select * from generate_series(1, 1000)");
        BOOST_OUTCOME_CO_TRY(rows, co_await inner.fetch(10));
        // What has arrived is there; for more, the savepoint has to end first.
        BOOST_OUTCOME_CO_TRY(rows, co_await outer.fetch(5));
        EXPECT_EQ(rows, numbers(6, 10));
        auto refused = co_await outer.fetch(50);
        EXPECT_EQ(error_of(refused), errc::transaction_open);
        BOOST_OUTCOME_CO_TRY(co_await point.rollback());
        auto late = co_await inner.fetch(10);
        EXPECT_EQ(error_of(late), errc::transaction_over);
        BOOST_OUTCOME_CO_TRY(rows, co_await outer.fetch(50));
        EXPECT_EQ(rows, numbers(11, 60));
        inner = {};
        co_return co_await tx.commit();
    });
}

TEST_F(a_cursor_that_ends, says_so_when_it_was_declared_after_the_savepoint_that_was_rolled_back_to) {
    in_transaction([](transaction& tx) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("savepoint s"));
        auto c = tx.cursor<std::int32_t>(ahead(0), "select * from generate_series(1, 1000)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(10));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("rollback to s"));
        auto late = co_await c.fetch(10);
        EXPECT_EQ(error_of(late), sqlstate::invalid_cursor_name);
        EXPECT_NE(error_of(late).message().find("older than the cursor"), std::string::npos) << error_of(late);
        EXPECT_FALSE(error_of(late).hint().empty());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("rollback to s"));
        c = {}; // sends no CLOSE, which would fail
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        co_return co_await tx.commit();
    });
}

TEST_F(a_cursor_that_ends, says_so_when_an_earlier_fetch_has_failed) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::int32_t>(ahead(0), "select 100 / (3 - n) from generate_series(1, 10) as s (n)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(1));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("savepoint s"));
        auto failed = co_await c.fetch(5);
        EXPECT_EQ(error_of(failed), sqlstate::division_by_zero);
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("rollback to s"));
        auto late = co_await c.fetch(5);
        EXPECT_EQ(error_of(late), sqlstate::object_not_in_prerequisite_state);
        EXPECT_NE(error_of(late).message().find("an earlier FETCH"), std::string::npos) << error_of(late);
        EXPECT_FALSE(error_of(late).hint().empty());
        co_return success();
    });
}

// The server does so, and the documentation says so.
TEST_F(a_cursor_that_ends, keeps_its_position_when_a_savepoint_is_rolled_back_to) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::int32_t>(ahead(0), "select * from generate_series(1, 10)");
        BOOST_OUTCOME_CO_TRY(co_await c.open());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("savepoint s"));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(3));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("rollback to s"));
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(1));
        EXPECT_EQ(rows, numbers(4, 4));
        co_return success();
    });
}

TEST_F(a_cursor_that_ends, fails_with_its_connection) {
    with_connection(shared_server().dsn(), [this](connection& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
        auto c = tx.cursor<std::int32_t>(ahead(0), "select * from generate_series(1, 10)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(3));
        terminate(judge_, db);
        auto failed = co_await c.fetch(3);
        EXPECT_TRUE(error_of(failed).connection_lost()) << error_of(failed);
        auto late = co_await c.fetch(3);
        EXPECT_TRUE(error_of(late).connection_lost()) << error_of(late);
        co_return success();
    });
}

} // namespace
