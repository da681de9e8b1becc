// SPDX-License-Identifier: BSL-1.0
// Servers that are ready for the next statement before they have answered this one: there is no result, and none is made up.
#include "security/hostile.hpp"

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;
using pgcoro::unchecked_sql;

void expect_lost(const pgcoro::result<std::string>& r) {
    EXPECT_EQ(error_of(r), errc::connection_lost) << error_of(r);
    EXPECT_TRUE(error_of(r).outcome_unknown());
}

TEST(hostile_ready, in_place_of_a_result) {
    for (const auto& words : {ready(), ready() + ready(), begun() + ready() + ready(), ready() + ready() + ready()}) {
        expect_lost(answers_of(words).first);
    }
}

TEST(hostile_ready, left_over_from_the_statement_before) {
    for (const auto& more : {ready(), ready() + ready()}) {
        const auto [first, second] = answers_of(answer("first") + more);
        EXPECT_TRUE(first) << error_of(first);
        expect_lost(second);
    }
}

// Some poolers keep the transaction of a statement open, and lose it later: Pgpool-II 4.3 in raw mode.
TEST(hostile_ready, in_a_transaction_that_nobody_began_is_no_acknowledgement) {
    const auto inserted = begun() + message('n') + complete("INSERT 0 1");
    for (const int before : {0, 40}) { // the first in a pipeline, the 41st outside of it
        const auto script = [&](victim& client) -> asio::awaitable<void> {
            for (int i = 0; i < before; ++i) {
                co_await client.answer_with(inserted + ready());
            }
            co_await client.answer_with(inserted + ready('T'));
            co_await client.stay();
        };
        with_hostile_server(script, [&](connection& c) -> task<> {
            const auto insert = [&] { return c.execute(unchecked_sql("insert into t values (1)")).within(long_enough); };
            for (int i = 0; i < before; ++i) {
                BOOST_OUTCOME_CO_TRY(co_await insert());
            }
            const auto last = co_await insert();
            EXPECT_EQ(error_of(last), errc::transaction_left_open) << error_of(last);
            EXPECT_TRUE(error_of(last).outcome_unknown());
            EXPECT_FALSE(c.is_open());
            const auto later = co_await insert();
            EXPECT_TRUE(error_of(later).safe_to_retry());
            co_return success();
        });
    }
}

std::string error_answer(std::string_view state = "22012", std::string_view words = "division by zero") {
    return message('E', text("SERROR") + text("VERROR") + text("C" + std::string(state)) + text("M" + std::string(words)) +
                            std::string(1, '\0'));
}

// Nor is what comes after a failure in such a transaction: its statements would be lost with it.
TEST(hostile_ready, after_a_failure_in_a_transaction_that_nobody_began_is_the_end) {
    for (const char state : {'T', 'E'}) {
        const auto script = [&](victim& client) -> asio::awaitable<void> {
            co_await client.answer_with(error_answer() + ready(state));
            co_await client.stay();
        };
        with_hostile_server(script, [&](connection& c) -> task<> {
            const auto failed = co_await c.execute(unchecked_sql("select 1 / 0")).within(long_enough);
            EXPECT_EQ(error_of(failed), pgcoro::sqlstate::division_by_zero) << error_of(failed);
            EXPECT_FALSE(c.is_open());
            co_return success();
        });
    }
}

TEST(hostile_ready, after_a_failure_in_a_transaction_of_ours_is_nothing_strange) {
    const auto script = [](victim& client) -> asio::awaitable<void> {
        co_await client.answer_with(begun() + message('n') + complete("BEGIN") + ready('T'));
        co_await client.answer_with(error_answer() + ready('E'));
        co_await client.answer_with(begun() + message('n') + complete("ROLLBACK") + ready());
        co_await client.answer_with(error_answer() + ready());
        co_await client.stay();
    };
    with_hostile_server(script, [](connection& c) -> task<> {
        const auto run = [&](const char* sql) { return c.execute(unchecked_sql(sql)).within(long_enough); };
        BOOST_OUTCOME_CO_TRY(co_await run("begin"));
        EXPECT_EQ(error_of(co_await run("select 1 / 0")), pgcoro::sqlstate::division_by_zero);
        BOOST_OUTCOME_CO_TRY(co_await run("rollback"));
        EXPECT_EQ(error_of(co_await run("select 1 / 0")), pgcoro::sqlstate::division_by_zero);
        EXPECT_TRUE(c.is_open());
        co_return success();
    });
}

TEST(hostile_ready, in_a_transaction_that_a_statement_began_is_one) {
    const auto script = [&](victim& client) -> asio::awaitable<void> {
        co_await client.answer_with(begun() + message('n') + complete("BEGIN") + ready('T'));
        co_await client.answer_with(begun() + message('n') + complete("ROLLBACK") + ready('T')); // to a savepoint
        co_await client.answer_with(begun() + message('n') + complete("INSERT 0 1") + ready('T'));
        co_await client.answer_with(begun() + message('n') + complete("COMMIT") + ready('T')); // and chain
        co_await client.answer_with(begun() + message('n') + complete("INSERT 0 1") + ready('T'));
        co_await client.stay();
    };
    with_hostile_server(script, [&](connection& c) -> task<> {
        for (const char* sql :
             {"begin", "rollback to s", "insert into t values (1)", "commit and chain", "insert into t values (1)"}) {
            BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql(sql)).within(long_enough));
        }
        co_return success();
    });
}

TEST(hostile_ready, in_place_of_the_result_of_a_lone_statement) {
    constexpr int before = 40; // so many after each other, and statements travel outside of pipeline mode
    const auto script = [](victim& client) -> asio::awaitable<void> {
        for (int i = 0; i < before; ++i) {
            co_await client.answer_with(answer("x"));
        }
        co_await client.answer_with(ready());
        co_await client.stay();
    };
    with_hostile_server(script, [](connection& c) -> task<> {
        for (int i = 0; i < before; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await c.fetch_one<std::string>(unchecked_sql("select 'x'")).within(long_enough));
        }
        const auto last = co_await c.fetch_one<std::string>(unchecked_sql("select 'x'")).within(long_enough);
        expect_lost(last);
        co_return success();
    });
}

// A statement that has gone stale would be sent again. If the session ends between the refusal and the end of the request, that
// it had gone stale is no answer: nothing of it was done.
TEST(hostile_ready, never_after_a_refusal_that_would_be_tried_again) {
    const auto script = [](victim& client) -> asio::awaitable<void> {
        const auto ours = begun() + columns({{"pg_backend_pid", 23}}) + row({int32(4711)}) + complete("SELECT 1") + ready();
        co_await client.answer_with(ours); // the question whose session it is
        co_await client.answer_with(answer("x"));
        co_await client.answer_with(answer("x")); // it has a name now
        co_await client.answer_with(error_answer("42883", "operator does not exist"));
    };
    with_hostile_server(script, [](connection& c) -> task<> {
        const auto ask = [&] { return c.fetch_one<std::string>("select 'x'").within(long_enough); };
        BOOST_OUTCOME_CO_TRY(co_await ask());
        BOOST_OUTCOME_CO_TRY(co_await ask());
        const auto lost = co_await ask();
        EXPECT_EQ(error_of(lost), errc::connection_lost) << error_of(lost);
        EXPECT_TRUE(error_of(lost).safe_to_retry());
        co_return success();
    });
}

} // namespace
