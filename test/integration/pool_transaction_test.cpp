// SPDX-License-Identifier: BSL-1.0
// Transactions on connections that belong to a pool.
#include "support/judge.hpp"
#include "support/pooling.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/transact.hpp>

#include <boost/asio/co_spawn.hpp>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::isolation_level;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::result;
using pgcoro::task;
using pgcoro::transact;
using pgcoro::transact_options;
using pgcoro::transaction;

class pool_transaction : public testing::Test {
protected:
    pool_transaction() {
        judge_.value("drop table if exists ledger; create table ledger (id int)");
        one_.max_size = 1;
    }
    std::string rows() { return judge_.value("select count(*) from ledger"); }

    libpq_session judge_{shared_server().dsn()};
    pool_options one_; // connection, so that the next borrower gets the same
};

TEST_F(pool_transaction, has_a_connection_of_its_own_and_gives_it_back) {
    with_pool(one_, [&](pool& db) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            started beside(db.execute("insert into ledger values (2)")); // waits for the only connection
            BOOST_OUTCOME_CO_TRY(co_await tx.commit());
            tx = transaction();
            BOOST_OUTCOME_CO_TRY(co_await beside.get());
        }
        co_return success();
    });
    EXPECT_EQ(rows(), "2");
}

// Nothing can have been done: COMMIT was not sent.
TEST_F(pool_transaction, whose_connection_is_lost_before_commit_is_run_again) {
    with_pool(one_, [&](pool& db) -> task<> {
        int runs = 0;
        const auto body = [&](transaction& tx) -> task<int> {
            ++runs;
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            if (runs == 1) {
                BOOST_OUTCOME_CO_TRY(const auto pid, co_await tx.fetch_one<int>("select pg_backend_pid()"));
                judge_.value("select pg_terminate_backend(" + std::to_string(pid) + ", 10000)");
            }
            auto second = co_await tx.execute("insert into ledger values (2)");
            if (!second) {
                EXPECT_TRUE(second.error().connection_lost());
                EXPECT_TRUE(second.error().safe_to_retry());
                EXPECT_FALSE(second.error().outcome_unknown());
                co_return second.error();
            }
            co_return runs;
        };
        BOOST_OUTCOME_CO_TRY(const auto run, co_await transact(db, body));
        EXPECT_EQ(run, 2);
        co_return success();
    });
    EXPECT_EQ(rows(), "2");
}

TEST_F(pool_transaction, that_is_dropped_is_rolled_back_before_its_connection_is_lent_again) {
    with_pool(one_, [&](pool& db) -> task<> {
        for (int turn = 0; turn < 10; ++turn) {
            {
                BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
                BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            }
            BOOST_OUTCOME_CO_TRY(const auto id, co_await db.fetch_one<std::optional<std::string>>(
                                                    "select pg_current_xact_id_if_assigned()::text"));
            EXPECT_FALSE(id);
        }
        BOOST_OUTCOME_CO_TRY(auto statistics, co_await db.statistics());
        EXPECT_EQ(statistics.connections_num, 1u);
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(pool_transaction, is_over_when_its_connection_is_given_back) {
    with_pool(one_, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        BOOST_OUTCOME_CO_TRY(auto tx, co_await mine.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        mine.release();
        auto late = co_await tx.execute("insert into ledger values (2)");
        EXPECT_EQ(error_of(late), errc::connection_closed);
        BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into ledger values (3)"));
        co_return success();
    });
    EXPECT_EQ(judge_.value("select string_agg(id::text, ',') from ledger"), "3");
}

TEST_F(pool_transaction, whose_begin_is_in_flight_is_rolled_back_when_its_connection_is_given_back) {
    with_pool(one_, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        const int pid = mine.backend_pid();
        BOOST_OUTCOME_CO_TRY(auto tx, co_await mine.begin());
        started insert(tx.execute("insert into ledger values (1)"));
        mine.release();
        BOOST_OUTCOME_CO_TRY(auto next, co_await db.acquire());
        EXPECT_EQ(next.backend_pid(), pid) << "it was closed";
        BOOST_OUTCOME_CO_TRY(co_await next.execute("insert into ledger values (3)"));
        EXPECT_FALSE(error_of(co_await insert.get()).outcome_unknown());
        co_return success();
    });
    EXPECT_EQ(judge_.value("select string_agg(id::text, ',') from ledger"), "3");
}

TEST_F(pool_transaction, that_has_sent_nothing_is_over_when_its_connection_is_given_back) {
    with_pool(one_, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        BOOST_OUTCOME_CO_TRY(auto tx, co_await mine.begin());
        auto beside = co_await mine.execute("select");
        EXPECT_EQ(error_of(beside), errc::transaction_open);
        mine.release();
        BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into ledger values (3)"));
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(pool_transaction, that_begins_after_its_connection_was_given_back_does_not_lock_it) {
    with_pool(one_, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        started begun(mine.begin());
        mine.release();
        BOOST_OUTCOME_CO_TRY(auto next, co_await db.acquire());
        auto late = co_await begun.get();
        EXPECT_EQ(error_of(late), errc::connection_closed);
        BOOST_OUTCOME_CO_TRY(co_await next.execute("insert into ledger values (1)"));
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(pool_transaction, keeps_its_connection_until_a_statement_given_up_is_done) {
    judge_.value("select pg_advisory_lock(1)");
    with_pool(one_, [&](pool& db) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            auto slow = co_await tx.execute("select pg_advisory_xact_lock(1)").within(1ms);
            EXPECT_EQ(error_of(slow), errc::timed_out);
        }
        started next(db.execute("insert into ledger values (2)"));
        judge_.value("select pg_advisory_unlock(1)");
        BOOST_OUTCOME_CO_TRY(co_await next.get());
        co_return success();
    });
    EXPECT_EQ(judge_.value("select string_agg(id::text, ',') from ledger"), "2");
}

TEST_F(pool_transaction, waits_for_a_connection_no_longer_than_it_may) {
    with_pool(one_, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        auto late = co_await db.begin().within(5ms);
        EXPECT_EQ(error_of(late), errc::timed_out);
        EXPECT_TRUE(error_of(late).safe_to_retry());
        co_return success();
    });
}

// Each transfer reads both balances and writes them back: without serializability, money would appear or vanish.
TEST_F(pool_transaction, transacted_transfers_of_many_coroutines_happen_exactly_once) {
    constexpr int accounts = 4;
    constexpr int tellers = 16;
    constexpr int transfers = 10; // by each
    judge_.value("drop table if exists account, transfer");
    judge_.value("create table account (id int primary key, balance bigint); create table transfer (id int)");
    judge_.value("insert into account select n, 1000 from generate_series(0, 3) n");
    int retries = 0;
    pool_options four;
    four.max_size = 4;
    with_pool(four, [&](pool& db) -> task<> {
        transact_options options;
        options.transaction.isolation = isolation_level::serializable;
        options.max_attempts = 1000;
        options.backoff.initial = 1ms;
        options.backoff.maximum = 5ms;
        options.on_retry = [&](const pgcoro::error&, int, std::chrono::milliseconds) { ++retries; };
        const auto teller = [&](int number) -> task<> {
            for (int n = 0; n < transfers; ++n) {
                const int from = (number + n) % accounts;
                const int to = (from + 1 + n % (accounts - 1)) % accounts;
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
                BOOST_OUTCOME_CO_TRY(co_await transact(db, transfer, options));
            }
            co_return success();
        };
        std::vector<std::optional<result<>>> outcomes(tellers);
        for (int number = 0; number < tellers; ++number) {
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
    EXPECT_EQ(judge_.value("select sum(balance) from account"), "4000");
    EXPECT_EQ(judge_.value("select count(*) || ' ' || count(distinct id) from transfer"), "160 160");
    EXPECT_GT(retries, 0);
}

} // namespace
