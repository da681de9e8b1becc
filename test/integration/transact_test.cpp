// SPDX-License-Identifier: BSL-1.0
// Whole transactions, run again where the server asks for it.
#include "transaction_fixture.hpp"

#include <pgcoro/transact.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <stdexcept>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::isolation_level;
using pgcoro::result;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transact;
using pgcoro::transact_options;
using pgcoro::transaction;

class a_transacted_body : public transaction_test {
protected:
    a_transacted_body() {
        quick_.backoff.initial = std::chrono::milliseconds(1);
        quick_.backoff.maximum = std::chrono::milliseconds(2);
    }

    /// With delays that are no use but in tests.
    transact_options quick_;
};

TEST_F(a_transacted_body, that_gives_a_value_is_committed) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        const auto body = [](transaction& tx) -> task<int> {
            co_return co_await tx.fetch_one<int>("insert into ledger values (7) returning id");
        };
        BOOST_OUTCOME_CO_TRY(const int id, co_await transact(c, body));
        EXPECT_EQ(id, 7);
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_transacted_body, that_gives_an_error_is_rolled_back_and_not_run_again) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        int runs = 0;
        const auto body = [&](transaction& tx) -> task<> {
            ++runs;
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            co_return errc::no_rows;
        };
        auto r = co_await transact(c, body, quick_);
        EXPECT_EQ(error_of(r), errc::no_rows);
        EXPECT_EQ(runs, 1);
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_transacted_body, that_throws_is_rolled_back) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        const auto body = [&](transaction& tx) -> task<> {
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            throw std::runtime_error("on purpose");
        };
        try {
            static_cast<void>(co_await transact(c, body));
            ADD_FAILURE() << "nothing was thrown";
        } catch (const std::runtime_error&) {
        }
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_transacted_body, that_is_cancelled_is_rolled_back) {
    judge_.value("select pg_advisory_lock(1)");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        int runs = 0;
        const auto body = [&](transaction& tx) -> task<> {
            ++runs;
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select pg_advisory_xact_lock(1)"));
            co_return success();
        };
        asio::cancellation_signal signal;
        std::optional<result<>> outcome;
        asio::co_spawn(
            co_await asio::this_coro::executor, transact(c, body, quick_),
            asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, result<> r) { outcome = std::move(r); }));
        co_await until_blocked(judge_, c);
        signal.emit(asio::cancellation_type::terminal);
        while (!outcome) {
            co_await asio::post(asio::use_awaitable);
        }
        EXPECT_EQ(error_of(*outcome), asio::error::operation_aborted);
        EXPECT_EQ(runs, 1);
        judge_.value("select pg_advisory_unlock(1)");
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_transacted_body, is_run_again_after_a_serialization_failure_and_a_deadlock_until_its_attempts_are_spent) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        for (const char* const state : {"40001", "40P01"}) {
            int runs = 0;
            std::vector<int> told;
            auto options = quick_;
            options.max_attempts = 4;
            options.on_retry = [&](const pgcoro::error& why, int attempts, std::chrono::milliseconds) {
                EXPECT_TRUE(why == sqlstate::serialization_failure || why == sqlstate::deadlock_detected);
                told.push_back(attempts);
            };
            const auto body = [&](transaction& tx) -> task<> {
                ++runs;
                BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
                BOOST_OUTCOME_CO_TRY(co_await tx.execute(
                    pgcoro::unchecked_sql(std::string("do $$ begin raise 'again' using errcode = '") + state + "'; end $$")));
                co_return success();
            };
            auto r = co_await transact(c, body, options);
            EXPECT_FALSE(r);
            EXPECT_EQ(runs, 4);
            EXPECT_EQ(told, (std::vector<int>{1, 2, 3}));
        }
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_transacted_body, ends_in_time) {
    judge_.value("select pg_advisory_lock(1)");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        auto options = quick_;
        options.within = std::chrono::milliseconds(50);
        const auto body = [&](transaction& tx) -> task<> {
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select pg_advisory_xact_lock(1)"));
            co_return success();
        };
        auto r = co_await transact(c, body, options);
        EXPECT_EQ(error_of(r), errc::timed_out);
        EXPECT_FALSE(error_of(r).outcome_unknown());
        judge_.value("select pg_advisory_unlock(1)");
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

// Each transfer reads both balances and writes them back: without serializability, money would appear or vanish.
TEST_F(a_transacted_body, transfers_money_exactly_once_however_many_do_so_at_the_same_time) {
    constexpr int accounts = 4;
    constexpr int connections = 4;
    constexpr int transfers = 40; // on each connection
    judge_.value("drop table if exists account, transfer");
    judge_.value("create table account (id int primary key, balance bigint); create table transfer (id int)");
    judge_.value("insert into account select n, 1000 from generate_series(0, 3) n");
    int retries = 0;
    int done = 0;
    run([&]() -> task<> {
        auto options = quick_;
        options.transaction.isolation = isolation_level::serializable;
        options.max_attempts = 1000;
        options.on_retry = [&](const pgcoro::error&, int, std::chrono::milliseconds) { ++retries; };
        const auto teller = [&](int number) -> task<> {
            BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(shared_server().dsn()));
            for (int n = 0; n < transfers; ++n) {
                const int from = (number + n) % accounts;
                const int to =
                    (number + 3 * n + 1) % accounts == from ? (from + 1) % accounts : (number + 3 * n + 1) % accounts;
                const auto transfer = [&](transaction& tx) -> task<> {
                    BOOST_OUTCOME_CO_TRY(const auto rich, co_await tx.fetch_one<std::int64_t>(
                                                              "select balance from account where id = $1", from));
                    BOOST_OUTCOME_CO_TRY(const auto poor,
                                         co_await tx.fetch_one<std::int64_t>("select balance from account where id = $1", to));
                    BOOST_OUTCOME_CO_TRY(co_await tx.execute("update account set balance = $1 where id = $2", rich - 1, from));
                    BOOST_OUTCOME_CO_TRY(co_await tx.execute("update account set balance = $1 where id = $2", poor + 1, to));
                    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into transfer values ($1)", number * transfers + n));
                    co_return success();
                };
                BOOST_OUTCOME_CO_TRY(co_await transact(c, transfer, options));
                ++done;
            }
            co_return success();
        };
        std::vector<std::optional<result<>>> outcomes(connections);
        for (int number = 0; number < connections; ++number) {
            asio::co_spawn(
                co_await asio::this_coro::executor, teller(number),
                [&outcomes, number](std::exception_ptr, result<> r) { outcomes[std::size_t(number)] = std::move(r); });
        }
        for (auto& outcome : outcomes) {
            while (!outcome) {
                co_await asio::post(asio::use_awaitable);
            }
            EXPECT_TRUE(*outcome) << error_of(*outcome);
        }
        co_return success();
    });
    EXPECT_EQ(done, connections * transfers);
    EXPECT_EQ(judge_.value("select sum(balance) from account"), "4000");
    EXPECT_EQ(judge_.value("select count(*) || ' ' || count(distinct id) from transfer"), "160 160");
    EXPECT_GT(retries, 0);
}

} // namespace
