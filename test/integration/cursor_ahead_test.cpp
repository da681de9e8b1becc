// SPDX-License-Identifier: BSL-1.0
// What a cursor sends, and when: the FETCH ahead, DECLARE with the first one, CLOSE with whatever comes next.
#include "cursor_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::cursor_options;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transaction;

class a_cursor_that_fetches_ahead : public cursor_test {
protected:
    a_cursor_that_fetches_ahead() {
        judge_.value("drop sequence if exists fetched; create sequence fetched");
        judge_.value("create or replace function next_of(n int) returns int language sql volatile as"
                     " 'select (n + 0 * nextval(''fetched''))::int'");
    }

    /// The number of rows that the server has computed, for a query that calls next_of for each.
    static task<std::int64_t> computed(transaction& tx) {
        co_return co_await tx.fetch_one<std::int64_t>("select case when is_called then last_value else 0 end from fetched");
    }
};

TEST_F(a_cursor_that_fetches_ahead, has_one_fetch_ahead_of_its_caller) {
    in_transaction([](transaction& tx) -> task<> {
        cursor_options options;
        options.prefetch = 10;
        auto c = tx.cursor<std::int32_t>(options, "select next_of(n) from generate_series(1, 35) as s (n)");
        BOOST_OUTCOME_CO_TRY(auto before, co_await computed(tx));
        EXPECT_EQ(before, 0);
        for (const std::int64_t expected : {20, 30, 35, 35}) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch());
            BOOST_OUTCOME_CO_TRY(auto made, co_await computed(tx)); // answered after the FETCH ahead
            EXPECT_EQ(made, expected);
        }
        co_return success();
    });
}

TEST_F(a_cursor_that_fetches_ahead, never_has_more_than_one_ahead_however_few_rows_are_taken) {
    in_transaction([](transaction& tx) -> task<> {
        cursor_options options;
        options.prefetch = 10;
        auto c = tx.cursor<std::int32_t>(options, "select next_of(n) from generate_series(1, 100) as s (n)");
        for (std::int32_t i = 1; i <= 25; ++i) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(1));
            EXPECT_EQ(rows, numbers(i, i));
            BOOST_OUTCOME_CO_TRY(auto made, co_await computed(tx));
            EXPECT_LT(made, i + 20);
            EXPECT_GE(made, i + 10);
        }
        co_return success();
    });
}

TEST_F(a_cursor_that_fetches_ahead, does_not_with_scroll_or_a_prefetch_of_zero) {
    in_transaction([](transaction& tx) -> task<> {
        cursor_options scroll;
        scroll.scroll = true;
        auto a = tx.cursor<std::int32_t>(scroll, "select next_of(n) from generate_series(1, 100) as s (n)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await a.fetch(5));
        BOOST_OUTCOME_CO_TRY(auto made, co_await computed(tx));
        EXPECT_EQ(made, 5);
        cursor_options none;
        none.prefetch = 0;
        auto b = tx.cursor<std::int32_t>(none, "select next_of(n) from generate_series(1, 100) as s (n)");
        BOOST_OUTCOME_CO_TRY(rows, co_await b.fetch(5));
        BOOST_OUTCOME_CO_TRY(made, co_await computed(tx));
        EXPECT_EQ(made, 10);
        co_return success();
    });
}

TEST_F(a_cursor_that_fetches_ahead, gives_the_rows_that_have_arrived_without_asking_the_server) {
    with_proxy([](transaction& tx, proxy& between) -> task<> {
        cursor_options options;
        options.prefetch = 10;
        auto c = tx.cursor<std::int32_t>(options, "select * from generate_series(1, 20)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1")); // the rows ahead have arrived before its answer
        between.keep();                                        // nothing more is heard
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch());
        EXPECT_EQ(rows, numbers(11, 20));
        between.pass_on();
        co_return success();
    });
}

TEST_F(a_cursor_that_fetches_ahead, takes_one_round_trip_for_begin_declare_and_the_first_rows) {
    with_proxy([](transaction& tx, proxy& between) -> task<> {
        cursor_options options;
        options.prefetch = 0;
        const auto syncs = between.heard('S');
        auto c = tx.cursor<std::int32_t>(options, "select * from generate_series(1, 20)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(5));
        EXPECT_EQ(between.heard('S'), syncs + 1);
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(5));
        EXPECT_EQ(between.heard('S'), syncs + 2);
        co_return success();
    });
}

// 64 KiB a FETCH: 100 rows of 640 bytes, whatever the first one asked for.
TEST_F(a_cursor_that_fetches_ahead, chooses_the_number_of_rows_by_their_size) {
    in_transaction([](transaction& tx) -> task<> {
        auto large = tx.cursor<std::string>("select repeat('x', 636) from generate_series(1, 1000)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await large.fetch());
        EXPECT_EQ(rows.size(), 64U);
        BOOST_OUTCOME_CO_TRY(rows, co_await large.fetch());
        EXPECT_EQ(rows.size(), 102U);
        auto tiny = tx.cursor<std::int32_t>("select * from generate_series(1, 2000)");
        BOOST_OUTCOME_CO_TRY(auto few, co_await tiny.fetch(1));
        BOOST_OUTCOME_CO_TRY(few, co_await tiny.fetch());
        EXPECT_EQ(few, numbers(2, 1025));
        co_return success();
    });
}

TEST_F(a_cursor_that_fetches_ahead, is_opened_before_its_first_fetch_if_asked_to) {
    in_transaction([](transaction& tx) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("create temporary table seen (n int)"));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into seen values (1)"));
        auto early = tx.cursor<std::int32_t>("select n from seen");
        auto late = tx.cursor<std::int32_t>("select n from seen");
        BOOST_OUTCOME_CO_TRY(co_await early.open());
        BOOST_OUTCOME_CO_TRY(co_await early.open()); // does nothing
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into seen values (2)"));
        BOOST_OUTCOME_CO_TRY(auto first, co_await early.fetch());
        EXPECT_EQ(first, numbers(1, 1));
        BOOST_OUTCOME_CO_TRY(auto second, co_await late.fetch());
        EXPECT_EQ(second, numbers(1, 2));
        co_return success();
    });
}

// What is dropped is closed before what follows runs: else the table would be in use.
TEST_F(a_cursor_that_fetches_ahead, is_closed_with_the_next_request_when_it_is_dropped) {
    in_transaction([](transaction& tx) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("create temporary table held as select generate_series(1, 1000) as n"));
        {
            auto c = tx.cursor<std::int32_t>("select n from held");
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(10));
            BOOST_OUTCOME_CO_TRY(auto open, co_await cursors(tx));
            EXPECT_EQ(open, 1);
        }
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("drop table held"));
        BOOST_OUTCOME_CO_TRY(auto open, co_await cursors(tx));
        EXPECT_EQ(open, 0);
        co_return co_await tx.commit();
    });
}

TEST_F(a_cursor_that_fetches_ahead, sends_nothing_when_it_was_never_used_or_its_transaction_is_over) {
    with_proxy([](transaction& tx, proxy& between) -> task<> {
        {
            auto unused = tx.cursor<std::int32_t>("select 1");
        }
        auto used = tx.cursor<std::int32_t>("select 1");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await used.fetch());
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        const auto syncs = between.heard('S');
        used = {};
        co_await until_sent();
        EXPECT_EQ(between.heard('S'), syncs);
        co_return success();
    });
}

TEST_F(a_cursor_that_fetches_ahead, ends_an_operation_that_was_started_before_it_was_dropped) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::int32_t>("select * from generate_series(1, 100)");
        started first(c.fetch(10));
        started second(c.fetch(10));
        c = {};
        BOOST_OUTCOME_CO_TRY(auto rows, co_await second.get());
        EXPECT_EQ(rows, numbers(11, 20));
        EXPECT_TRUE(first.is_complete());
        co_await until_sent();
        BOOST_OUTCOME_CO_TRY(auto open, co_await cursors(tx));
        EXPECT_EQ(open, 0);
        co_return success();
    });
}

TEST_F(a_cursor_that_fetches_ahead, refuses_operations_once_it_is_closed) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::int32_t>("select * from generate_series(1, 1000)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(3));
        BOOST_OUTCOME_CO_TRY(co_await c.close());
        BOOST_OUTCOME_CO_TRY(auto open, co_await cursors(tx));
        EXPECT_EQ(open, 0);
        auto late = co_await c.fetch();
        EXPECT_EQ(error_of(late), sqlstate::invalid_cursor_name);
        EXPECT_TRUE(error_of(late).is(pgcoro::error::nothing_sent));
        BOOST_OUTCOME_CO_TRY(co_await c.close());
        co_return co_await tx.commit(); // nothing has failed at the server
    });
}

} // namespace
