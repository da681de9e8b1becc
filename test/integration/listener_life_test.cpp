// SPDX-License-Identifier: BSL-1.0
// The life of a listener: cancelled, late, closed, moved and destroyed while somebody waits.
#include "listener_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <optional>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::listener;
using pgcoro::listener_event;
using pgcoro::notification;
using pgcoro::result;
using pgcoro::task;

using listener_life = listener_test;

TEST_F(listener_life, a_cancelled_next_loses_nothing) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        co_await next_gap(l);
        asio::cancellation_signal signal;
        std::optional<result<listener_event>> outcome;
        l.next()(asio::bind_cancellation_slot(signal.slot(), [&](result<listener_event> r) { outcome = std::move(r); }));
        co_await until_sent();
        signal.emit(asio::cancellation_type::terminal);
        co_await until_true([&] { return outcome.has_value(); });
        EXPECT_EQ(error_of(*outcome), asio::error::operation_aborted);
        notify("news", "kept");
        EXPECT_EQ((co_await next_notification(l)).payload, "kept");
        co_return success();
    });
}

TEST_F(listener_life, a_next_that_is_late_loses_nothing) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        co_await next_gap(l);
        auto late = co_await l.next().within(1ms);
        EXPECT_EQ(error_of(late), errc::timed_out);
        auto too_late = co_await l.next().within(-1ms);
        EXPECT_EQ(error_of(too_late), errc::timed_out);
        notify("news", "kept");
        EXPECT_EQ((co_await next_notification(l)).payload, "kept");
        co_return success();
    });
}

TEST_F(listener_life, only_one_waits_at_a_time) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        co_await next_gap(l);
        started first(l.next());
        auto second = co_await l.next();
        EXPECT_EQ(error_of(second), boost::system::errc::make_error_code(boost::system::errc::operation_in_progress));
        notify("news", "for the first");
        auto event = co_await first.get();
        EXPECT_EQ(std::get<notification>(event.value()).payload, "for the first");
        co_return success();
    });
}

TEST_F(listener_life, one_that_is_refused_may_be_cancelled_too) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        started first(l.next());
        asio::cancellation_signal signal;
        int told = 0;
        l.next()(asio::bind_cancellation_slot(signal.slot(), [&](const result<listener_event>&) { ++told; }));
        signal.emit(asio::cancellation_type::terminal);
        co_await until_true([&] { return told != 0; });
        co_await until_sent();
        EXPECT_EQ(told, 1);
        EXPECT_FALSE(first.is_complete());
        co_return success();
    });
}

TEST_F(listener_life, destruction_ends_all_waits) {
    run([&]() -> task<> {
        auto l = std::make_unique<listener>(co_await asio::this_coro::executor, config(), quick_listener());
        BOOST_OUTCOME_CO_TRY(co_await l->listen("news"));
        co_await next_gap(*l);
        started reading(l->next());
        started listening(l->listen("more"));
        started leaving(l->unlisten("news"));
        co_await until_sent();
        l.reset();
        auto read = co_await reading.get();
        EXPECT_EQ(error_of(read), errc::connection_closed);
        auto listened = co_await listening.get();
        EXPECT_EQ(error_of(listened), errc::connection_closed);
        auto left = co_await leaving.get();
        EXPECT_EQ(error_of(left), errc::connection_closed);
        EXPECT_EQ(reading.completions() + listening.completions() + leaving.completions(), 3);
        co_await until(judge_, "select count(*) = 0 from pg_stat_activity where application_name = 'listener'");
        co_return success();
    });
}

TEST_F(listener_life, destruction_while_it_connects_leaves_nothing_behind) {
    run([&]() -> task<> {
        for (int turns = 0; turns < 40; ++turns) {
            auto l = std::make_unique<listener>(co_await asio::this_coro::executor, config(), quick_listener());
            started listening(l->listen("news"));
            for (int i = 0; i < turns; ++i) {
                co_await asio::post(asio::use_awaitable);
            }
            l.reset();
            auto listened = co_await listening.get();
            EXPECT_TRUE(listened || error_of(listened) == errc::connection_closed) << error_of(listened);
        }
        co_await until(judge_, "select count(*) = 0 from pg_stat_activity where application_name = 'listener'");
        co_return success();
    });
}

TEST_F(listener_life, may_be_destroyed_by_who_it_tells) {
    run([&]() -> task<> {
        auto l = std::make_unique<listener>(co_await asio::this_coro::executor, config(), quick_listener());
        BOOST_OUTCOME_CO_TRY(co_await l->listen("news"));
        bool told = false;
        l->next()([&](result<listener_event> r) {
            EXPECT_TRUE(r);
            l.reset();
            told = true;
        });
        co_await until_true([&] { return told; });
        co_return success();
    });
}

TEST_F(listener_life, a_loop_that_ends_first_takes_all_along) {
    for (int steps = 0; steps < 60; ++steps) {
        auto loop = std::make_unique<asio::io_context>();
        auto l = std::make_shared<listener>(loop->get_executor(), config(), quick_listener());
        // The handlers keep the listener, which keeps them.
        l->listen("news")([l](result<>) {});
        l->next()([l](result<listener_event>) {});
        const std::weak_ptr<listener> watched = std::exchange(l, nullptr);
        for (int i = 0; i < steps; ++i) {
            loop->run_one_for(100ms);
        }
        loop.reset();
        EXPECT_TRUE(watched.expired()) << "after " << steps << " steps";
    }
}

TEST_F(listener_life, a_closed_or_moved_one_refuses_everything) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        listener other(std::move(l));
        BOOST_OUTCOME_CO_TRY(co_await other.listen("news"));
        auto moved = co_await l.listen("news");
        EXPECT_EQ(error_of(moved), errc::connection_closed);
        auto moved_next = co_await l.next();
        EXPECT_EQ(error_of(moved_next), errc::connection_closed);
        EXPECT_FALSE(l.try_next());
        other.close();
        auto closed = co_await other.listen("news");
        EXPECT_EQ(error_of(closed), errc::connection_closed);
        auto closed_next = co_await other.next();
        EXPECT_EQ(error_of(closed_next), errc::connection_closed);
        co_return success();
    });
}

} // namespace
