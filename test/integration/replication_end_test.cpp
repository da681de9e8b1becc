// SPDX-License-Identifier: BSL-1.0
// How a replication stream ends, and what it leaves behind.
#include "support/replication_fixture.hpp"

#include <pgcoro/initial_copy.hpp>
#include <pgcoro/testing/fault_proxy.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_replication;
using pgcoro::copy_reader;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::published_table;
using pgcoro::replication_stream;
using pgcoro::sqlstate;
using pgcoro::task;
namespace replication = pgcoro::replication;

class replication_end : public replication_test {
protected:
    replication_end() { sql("create table t (id int primary key, v text); create publication p for table t"); }

    /// Blocks: the event loop does not see it happen.
    void terminate_walsenders() {
        sql("select pg_terminate_backend(pid, 20000) from pg_stat_activity where backend_type = 'walsender'");
    }
    std::string slots() { return judge_.value("select count(*) from pg_replication_slots"); }
};

TEST_F(replication_end, tells_that_the_server_may_not_know_what_was_confirmed) {
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), quick_stream("p")));
        sql("insert into t values (1)");
        const auto end = (co_await next_of<replication::commit>(s)).end;
        terminate_walsenders();
        s.confirm(end);
        EXPECT_TRUE(error_of(co_await s.stop()).connection_lost());
        co_return success();
    });
    EXPECT_EQ(judge_.value("select active from pg_replication_slots"), "f");
}

TEST_F(replication_end, tells_the_server_what_was_confirmed_before) {
    std::string end;
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        auto options = quick_stream("p");
        options.status_interval = 1h;
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), options));
        sql("insert into t values (1)");
        const auto confirmed = (co_await next_of<replication::commit>(s)).end;
        s.confirm(confirmed);
        end = to_string(confirmed);
        co_return co_await s.stop();
    });
    EXPECT_EQ(judge_.value("select confirmed_flush_lsn from pg_replication_slots"), end);
}

TEST_F(replication_end, is_not_reached_while_it_reconnects_and_its_connection_takes_no_commands) {
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), quick_stream("p")));
        started restarted(s.next());
        terminate_walsenders();
        int refused = 0;
        while (!restarted.is_complete()) {
            EXPECT_EQ(error_of(co_await c.identify()), errc::stream_open);
            EXPECT_EQ(error_of(co_await c.start(slot(), quick_stream("p"))), errc::stream_open);
            ++refused;
        }
        EXPECT_GT(refused, 0);
        EXPECT_EQ(error_of(co_await c.drop_slot(slot())), errc::stream_open);
        co_return co_await s.stop();
    });
}

TEST_F(replication_end, is_waited_for_by_one) {
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), quick_stream("p")));
        started first(s.stop());
        started second(s.stop());
        EXPECT_EQ(error_of(co_await second.get()).code(), boost::system::errc::operation_in_progress);
        EXPECT_FALSE(error_of(co_await first.get()));
        co_return success();
    });
}

TEST_F(replication_end, does_not_come_by_a_start_that_paused_meanwhile) {
    with_stream(quick_stream("p"), [&](replication_stream&) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
        const auto other = slot().substr(0, 40) + "_other";
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(other));
        auto patient = quick_stream("p");
        patient.backoff.initial = patient.backoff.maximum = 300ms;
        started pausing(c.start(slot(), patient)); // the slot is in use
        for (auto busy = co_await c.start(other, quick_stream("p"));; busy = co_await c.start(other, quick_stream("p"))) {
            if (!busy) { // while the first one asks
                EXPECT_EQ(error_of(busy).code(), boost::system::errc::operation_in_progress);
                continue;
            }
            auto s = std::move(busy).value();
            const auto refused = co_await pausing.get(); // either after its pause, or because one asks at a time
            EXPECT_TRUE(error_of(refused) == errc::stream_open ||
                        error_of(refused).code() == boost::system::errc::operation_in_progress)
                << error_of(refused);
            sql("insert into t values (1)");
            EXPECT_EQ((co_await next_of<replication::insert>(s)).row[0].as<int>().value(), 1);
            BOOST_OUTCOME_CO_TRY(co_await s.stop());
            break;
        }
        co_return success();
    });
}

TEST_F(replication_end, while_it_reconnects_is_at_once) {
    auto proxy = pgcoro::testing::fault_proxy::create(logical_server_of_all()).value();
    pgcoro::testing::fault_script silent;
    silent.at_start = pgcoro::testing::greeting::silence;
    proxy.next(pgcoro::testing::fault_script());
    proxy.next(silent);
    const auto held = std::make_shared<int>();
    auto options = quick_stream("p");
    options.on_lost = [held](const error&) {};
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, proxy.dsn()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), std::exchange(options, {})));
        started waiting(s.next());
        proxy.cut();
        while (proxy.connections().size() < 2) {
            co_await asio::post(asio::use_awaitable);
        }
        EXPECT_FALSE(waiting.is_complete());
        s.close();
        EXPECT_EQ(error_of(co_await waiting.get()), errc::connection_closed);
        EXPECT_EQ(error_of(co_await s.next()), errc::connection_closed);
        s = replication_stream();
        for (int i = 0; i < 1000 && held.use_count() > 1; ++i) {
            co_await asio::post(asio::use_awaitable);
        }
        EXPECT_EQ(held.use_count(), 1) << "something of the stream is still there";
        co_return success();
    });
    EXPECT_EQ(proxy.connections().size(), 2u);
}

// The pause before the next attempt has just ended: its handler is queued behind the hook.
TEST_F(replication_end, is_final_when_the_next_attempt_is_due) {
    auto proxy = pgcoro::testing::fault_proxy::create(logical_server_of_all()).value();
    replication_stream s;
    auto options = quick_stream("p");
    options.backoff.initial = options.backoff.maximum = 0ms;
    options.on_lost = [&](const error&) { s.close(); };
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, proxy.dsn()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        BOOST_OUTCOME_CO_TRY(s, co_await c.start(slot(), options));
        started waiting(s.next());
        proxy.cut();
        EXPECT_EQ(error_of(co_await waiting.get()), errc::connection_closed);
        for (int i = 0; i < 1000 && proxy.connections().size() == 1; ++i) {
            co_await asio::post(asio::use_awaitable);
        }
        EXPECT_EQ(proxy.connections().size(), 1u) << "it has connected again";
        s = replication_stream();
        co_return success();
    });
}

TEST_F(replication_end, is_followed_by_no_call_of_a_hook) {
    int calls = 0;
    auto options = quick_stream("p");
    options.on_lost = [&](const error&) { ++calls; };
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), options));
        sql("insert into t values (1)");
        co_await until(judge_, "select sent_lsn >= pg_current_wal_lsn() from pg_stat_replication");
        terminate_walsenders();
        EXPECT_FALSE(error_of(co_await s.next())); // reads all that has come
        while (s.try_next()) {
        }
        s = replication_stream(); // the loss has just been noticed
        for (int i = 0; i < 100; ++i) {
            co_await asio::post(asio::use_awaitable);
        }
        co_return success();
    });
    EXPECT_EQ(calls, 0);
}

TEST_F(replication_end, and_restarts_forget_the_types_that_were_known) {
    sql("create type mood as enum ('sad', 'happy'); alter table t add column m mood");
    with_stream(quick_stream("p"), [&](replication_stream& s) -> task<> {
        sql("insert into t values (1, 'a', 'sad')");
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[2].as<std::string>().value(), "sad");
        co_await next_of<replication::commit>(s);
        terminate_walsenders();
        co_await next_of<replication::restarted>(s);
        sql("insert into t values (2, 'b', 'happy')");
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[2].as<std::string>().value(), "happy");
        co_return success();
    });
}

TEST_F(replication_end, of_an_initial_copy_that_is_cancelled_leaves_neither_slot_nor_coroutine) {
    const auto held = std::make_shared<int>();
    asio::cancellation_signal cancel;
    run([&]() -> task<> {
        const auto executor = co_await asio::this_coro::executor;
        pgcoro::table_copier copy = [&, held = std::weak_ptr(held)](const published_table&,
                                                                    copy_reader) -> task<std::uint64_t> {
            const auto kept = held.lock();
            asio::post(executor, [&] { cancel.emit(asio::cancellation_type::terminal); });
            asio::steady_timer never(executor, asio::steady_timer::time_point::max());
            boost::system::error_code woken;
            co_await never.async_wait(asio::redirect_error(asio::use_awaitable, woken));
            EXPECT_EQ(woken, asio::error::operation_aborted);
            co_return pgcoro::error(woken);
        };
        std::optional<error> outcome;
        asio::steady_timer over(executor, asio::steady_timer::time_point::max());
        asio::co_spawn(executor, pgcoro::initial_copy(config(), slot(), quick_stream("p"), copy),
                       asio::bind_cancellation_slot(cancel.slot(),
                                                    [&](std::exception_ptr thrown, pgcoro::result<replication_stream> made) {
                                                        EXPECT_FALSE(thrown);
                                                        outcome = error_of(made);
                                                        over.cancel();
                                                    }));
        boost::system::error_code woken;
        co_await over.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        EXPECT_EQ(*outcome, asio::error::operation_aborted) << *outcome;
        EXPECT_EQ(held.use_count(), 1);
        co_return success();
    });
    EXPECT_EQ(slots(), "0");
}

TEST_F(replication_end, of_an_initial_copy_comes_by_a_cancellation_at_any_step) {
    bool was_copying = false;
    for (int steps = 0; !was_copying; ++steps) {
        asio::io_context loop(1);
        pgcoro::table_copier copy = [&](const published_table&, copy_reader) -> task<std::uint64_t> {
            was_copying = true;
            asio::steady_timer never(loop, asio::steady_timer::time_point::max());
            boost::system::error_code woken;
            co_await never.async_wait(asio::redirect_error(asio::use_awaitable, woken));
            co_return pgcoro::error(woken);
        };
        pgcoro::initial_copy_options how;
        how.connections = 1;
        std::optional<error> outcome;
        asio::cancellation_signal cancel;
        bool began = false;
        const auto copying = [&]() -> task<replication_stream> {
            began = true;
            auto options = quick_stream("p");
            const auto name = slot().substr(0, 40) + "_" + std::to_string(steps);
            auto made = co_await pgcoro::initial_copy(config(), name, options, copy, how);
            co_return made;
        };
        asio::co_spawn(loop, copying,
                       asio::bind_cancellation_slot(cancel.slot(),
                                                    [&](std::exception_ptr thrown, pgcoro::result<replication_stream> made) {
                                                        EXPECT_FALSE(thrown);
                                                        outcome = error_of(made);
                                                    }));
        while (!began && loop.run_one() != 0) { // cancelled before, some versions of co_spawn throw out of the loop
        }
        for (int i = 0; i < steps && !was_copying; ++i) {
            loop.run_one();
        }
        cancel.emit(asio::cancellation_type::terminal);
        loop.run_for(patience);
        ASSERT_TRUE(outcome) << "lost when cancelled after " << steps << " steps";
        EXPECT_EQ(*outcome, asio::error::operation_aborted) << steps << *outcome;
        // A slot whose creation is cancelled may be left.
        terminate_walsenders();
        sql("select pg_drop_replication_slot(slot_name) from pg_replication_slots");
    }
}

TEST_F(replication_end, of_an_initial_copy_whose_own_connection_is_lost_leaves_no_slot) {
    run([&]() -> task<> {
        pgcoro::table_copier copy = [&](const published_table&, copy_reader rows) -> task<std::uint64_t> {
            terminate_walsenders();
            while (!(co_await rows.read()).value().empty()) {
            }
            co_return 0;
        };
        auto options = quick_stream("p");
        EXPECT_TRUE(error_of(co_await pgcoro::initial_copy(config(), slot(), options, copy)).connection_lost());
        co_return success();
    });
    EXPECT_EQ(slots(), "0");
}

} // namespace
