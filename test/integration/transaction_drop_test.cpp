// SPDX-License-Identifier: BSL-1.0
// Transactions whose handle goes without a commit, whatever they were doing: rolled back before anything else runs there.
#include "transaction_fixture.hpp"

#include "support/by_hand.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <stdexcept>

namespace {

using namespace pgcoro::test;
using pgcoro::command_tag;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::result;
using pgcoro::task;
using pgcoro::transaction;

class a_dropped_transaction : public transaction_test {
protected:
    /// Cancels `work`, a coroutine on `c`, once `moment`, and sees to it that nothing of it is left. The judge holds advisory
    /// lock 1 until then.
    template <class Work>
    void cancelled_at(Work work, std::string_view moment) {
        judge_.value("select pg_advisory_lock(1)");
        with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
            asio::cancellation_signal signal;
            int completions = 0;
            asio::co_spawn(co_await asio::this_coro::executor, work(c),
                           asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr thrown, result<> r) {
                               ++completions;
                               EXPECT_TRUE(thrown || !r) << "it was not cancelled";
                           }));
            if (moment == "blocked") {
                co_await until_blocked(judge_, c);
            }
            signal.emit(asio::cancellation_type::terminal);
            started next(c.execute("insert into ledger values (100)")); // refused if it comes too early
            while (completions == 0) {
                co_await asio::post(asio::use_awaitable);
            }
            judge_.value("select pg_advisory_unlock(1)");
            BOOST_OUTCOME_CO_TRY(co_await expect_clean(c));
            EXPECT_EQ(completions, 1);
            static_cast<void>(co_await next.get());
            co_return success();
        });
    }
};

TEST_F(a_dropped_transaction, is_rolled_back_on_return) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        }
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_dropped_transaction, is_rolled_back_on_an_error) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        const auto work = [&]() -> task<> {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1/0"));
            co_return co_await tx.commit();
        };
        EXPECT_FALSE(co_await work());
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_dropped_transaction, is_rolled_back_on_an_exception) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        const auto work = [&]() -> task<> {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            throw std::runtime_error("on purpose");
        };
        try {
            static_cast<void>(co_await work());
            ADD_FAILURE() << "nothing was thrown";
        } catch (const std::runtime_error&) {
        }
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_dropped_transaction, is_rolled_back_when_another_takes_its_place) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        tx = transaction();
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_dropped_transaction, releases_its_locks_although_nothing_else_runs) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("lock table ledger"));
        }
        co_await until(judge_, "select count(*) = 0 from pg_locks where relation = 'ledger'::regclass and pid = " +
                                   std::to_string(c.backend_pid()));
        co_return success();
    });
}

TEST_F(a_dropped_transaction, with_statements_in_flight_is_rolled_back_behind_them) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        std::vector<started<command_tag>> inserts;
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            for (int id = 0; id < 10; ++id) {
                inserts.emplace_back(tx.execute("insert into ledger values ($1)", id));
            }
        }
        BOOST_OUTCOME_CO_TRY(co_await expect_clean(c));
        for (auto& i : inserts) {
            EXPECT_TRUE(co_await i.get());
        }
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_dropped_transaction, cancelled_before_begin_was_sent_leaves_nothing) {
    cancelled_at(
        [](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            co_return co_await tx.commit();
        },
        "before it began");
    EXPECT_LE(std::stoi(rows()), 1); // the other one's
    EXPECT_EQ(judge_.value("select count(*) from ledger where id = 1"), "0");
}

TEST_F(a_dropped_transaction, cancelled_while_begin_is_in_flight_leaves_nothing) {
    cancelled_at(
        [](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger select 1 from pg_advisory_xact_lock(1)"));
            co_return co_await tx.commit();
        },
        "blocked");
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_dropped_transaction, cancelled_in_a_statement_leaves_nothing) {
    cancelled_at(
        [](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select pg_advisory_xact_lock(1)"));
            co_return co_await tx.commit();
        },
        "blocked");
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_dropped_transaction, cancelled_in_a_savepoint_leaves_nothing) {
    cancelled_at(
        [](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            BOOST_OUTCOME_CO_TRY(auto inner, co_await tx.begin());
            BOOST_OUTCOME_CO_TRY(co_await inner.execute("select pg_advisory_xact_lock(1)"));
            BOOST_OUTCOME_CO_TRY(co_await inner.commit());
            co_return co_await tx.commit();
        },
        "blocked");
    EXPECT_EQ(rows(), "0");
}

// The server goes on with its COMMIT, and nobody says that it did not.
TEST_F(a_dropped_transaction, cancelled_in_its_commit_is_in_doubt) {
    judge_.value("create or replace function wait_at_commit() returns trigger language plpgsql as"
                 " 'begin perform pg_advisory_xact_lock(1); return null; end'");
    judge_.value("create constraint trigger waits after insert on ledger deferrable initially deferred"
                 " for each row execute function wait_at_commit()");
    cancelled_at(
        [](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            auto committed = co_await tx.commit();
            EXPECT_EQ(error_of(committed), asio::error::operation_aborted);
            EXPECT_TRUE(error_of(committed).outcome_unknown());
            EXPECT_FALSE(error_of(committed).safe_to_retry());
            co_return committed;
        },
        "blocked");
    EXPECT_EQ(judge_.value("select count(*) from ledger where id = 1"), "1");
}

TEST_F(a_dropped_transaction, whose_time_is_up_in_a_statement_is_rolled_back) {
    judge_.value("select pg_advisory_lock(1)");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            auto slow = co_await tx.execute("select pg_advisory_xact_lock(1)").within(std::chrono::milliseconds(1));
            EXPECT_EQ(error_of(slow), errc::timed_out);
            EXPECT_FALSE(error_of(slow).outcome_unknown());
            judge_.value("select pg_advisory_unlock(1)");
        }
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_dropped_transaction, with_its_connection_is_rolled_back_by_the_server) {
    run([&]() -> task<> {
        int pid = 0;
        {
            BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(shared_server().dsn()));
            pid = c.backend_pid();
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        }
        co_await until(judge_, "select count(*) = 0 from pg_stat_activity where pid = " + std::to_string(pid));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_dropped_transaction, outlives_its_loop_without_a_leak) {
    std::optional<transaction> last;
    {
        asio::io_context loop(1);
        connection c = connect_by_hand(loop, shared_server().dsn());
        started begun(c.begin());
        turn_until(loop, [&] { return begun.is_complete(); });
        asio::co_spawn(loop, [&]() -> asio::awaitable<void> { last.emplace((co_await begun.get()).value()); }, asio::detached);
        turn_until(loop, [&] { return last.has_value(); });
        started insert(last->execute("insert into ledger values (1)"));
        turn_until(loop, [&] { return insert.is_complete(); });
        *last = transaction(); // ROLLBACK is queued, and the loop does not turn any more
        c = connection();
    }
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_dropped_transaction, may_be_dropped_on_another_thread) {
    asio::thread_pool threads(1);
    auto made =
        pgcoro::connect(asio::any_io_executor(asio::make_strand(threads)), shared_server().dsn())(asio::use_future).get();
    ASSERT_TRUE(made) << made.error();
    connection c = std::move(made).value();
    for (int turn = 0; turn < 100; ++turn) {
        auto begun = c.begin()(asio::use_future).get();
        ASSERT_TRUE(begun) << begun.error();
        ASSERT_TRUE(begun.value().execute("insert into ledger values (1)")(asio::use_future).get());
        begun.value() = transaction();
        auto id =
            c.fetch_one<std::optional<std::string>>("select pg_current_xact_id_if_assigned()::text")(asio::use_future).get();
        ASSERT_TRUE(id) << id.error();
        EXPECT_FALSE(id.value());
    }
    c.close();
    threads.join();
    EXPECT_EQ(rows(), "0");
}

} // namespace
