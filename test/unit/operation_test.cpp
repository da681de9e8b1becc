// SPDX-License-Identifier: BSL-1.0
// What an operation does before, besides and after its session's work, with a session that is only played.
#include "support/played_session.hpp"

#include <pgcoro/connection.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace pgcoro::test;
using pgcoro::command_tag;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::operation;
using pgcoro::result;
using clock_type = std::chrono::steady_clock;

class operations : public testing::Test {
protected:
    operation<command_tag> make() { return played_operation(session_); }

    asio::io_context loop_{1};
    std::shared_ptr<played_session> session_ = std::make_shared<played_session>(loop_.get_executor());
};

TEST_F(operations, one_that_is_dropped_was_never_submitted) {
    {
        auto dropped = make();
    }
    loop_.run();
    EXPECT_TRUE(session_->submitted.empty());
}

TEST_F(operations, nothing_happens_before_a_token_is_given) {
    auto op = make();
    loop_.run();
    EXPECT_TRUE(session_->submitted.empty());
    std::move(op)([](result<command_tag>) {});
    loop_.restart();
    loop_.run();
    EXPECT_EQ(session_->submitted.size(), 1u);
    session_->finish_all();
}

TEST_F(operations, a_deferred_one_starts_when_its_own_token_comes) {
    auto deferred = make()(asio::deferred);
    loop_.run();
    EXPECT_TRUE(session_->submitted.empty());
    auto outcome = std::move(deferred)(asio::use_future);
    loop_.restart();
    loop_.run();
    session_->finish_all();
    EXPECT_TRUE(outcome.get());
}

TEST_F(operations, as_tuple_gives_the_result_in_a_tuple) {
    std::optional<std::tuple<result<command_tag>>> outcome;
    make()(asio::as_tuple([&](std::tuple<result<command_tag>> t) { outcome = std::move(t); }));
    loop_.run();
    session_->finish_all(errc::connection_lost);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(std::get<0>(*outcome).error(), errc::connection_lost);
}

TEST_F(operations, within_counts_from_the_start) {
    auto op = make().within(1h);
    const auto before = clock_type::now();
    std::move(op)([](result<command_tag>) {});
    const auto after = clock_type::now();
    loop_.run();
    ASSERT_EQ(session_->submitted.size(), 1u);
    EXPECT_GE(session_->submitted[0]->expires, before + 1h);
    EXPECT_LE(session_->submitted[0]->expires, after + 1h);
    session_->finish_all();
}

TEST_F(operations, by_is_a_point_in_time) {
    const auto when = clock_type::now() + 2h;
    make().by(when)([](result<command_tag>) {});
    loop_.run();
    ASSERT_EQ(session_->submitted.size(), 1u);
    EXPECT_EQ(session_->submitted[0]->expires, when);
    session_->finish_all();
}

TEST_F(operations, a_limit_beyond_the_end_of_time_does_not_overflow) {
    for (const auto limit : {clock_type::duration::max(), clock_type::duration::max() - 1ns}) {
        make().within(limit)([](result<command_tag>) {});
    }
    loop_.run();
    ASSERT_EQ(session_->submitted.size(), 2u);
    EXPECT_EQ(session_->submitted[0]->expires, clock_type::time_point::max());
    EXPECT_EQ(session_->submitted[1]->expires, clock_type::time_point::max());
    session_->finish_all();
}

TEST_F(operations, a_cancellation_reaches_the_session_as_operation_aborted) {
    asio::cancellation_signal signal;
    make()(asio::bind_cancellation_slot(signal.slot(), [](result<command_tag>) {}));
    loop_.run();
    signal.emit(asio::cancellation_type::terminal);
    ASSERT_EQ(session_->cancelled.size(), 1u);
    EXPECT_EQ(session_->cancelled[0].first, session_->submitted[0]);
    EXPECT_EQ(session_->cancelled[0].second.code(), boost::system::errc::operation_canceled);
    session_->finish_all();
}

TEST_F(operations, a_cancellation_after_the_end_reaches_nobody) {
    asio::cancellation_signal signal;
    make()(asio::bind_cancellation_slot(signal.slot(), [](result<command_tag>) {}));
    loop_.run();
    session_->finish_all();
    signal.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(session_->cancelled.empty());
}

TEST_F(operations, a_handler_runs_on_its_own_executor) {
    asio::io_context other(1);
    bool ran_there = false;
    make()(asio::bind_executor(other.get_executor(),
                               [&](result<command_tag> r) { ran_there = r && other.get_executor().running_in_this_thread(); }));
    loop_.run();
    session_->finish_all();
    EXPECT_FALSE(ran_there);
    EXPECT_EQ(other.run(), 1u) << "the handler's executor has work until the handler has run";
    EXPECT_TRUE(ran_there);
}

TEST_F(operations, a_cancellation_on_another_executor_is_handed_to_the_sessions) {
    asio::io_context other(1);
    asio::cancellation_signal signal;
    make()(asio::bind_cancellation_slot(signal.slot(), asio::bind_executor(other.get_executor(), [](result<command_tag>) {})));
    loop_.run();
    signal.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(session_->cancelled.empty());
    loop_.restart();
    loop_.run();
    EXPECT_EQ(session_->cancelled.size(), 1u);
    session_->finish_all();
    other.run();
}

TEST_F(operations, started_on_another_thread_they_are_submitted_on_the_sessions) {
    std::thread([&] { make()([](result<command_tag>) {}); }).join();
    EXPECT_TRUE(session_->submitted.empty());
    loop_.run();
    EXPECT_EQ(session_->submitted.size(), 1u);
    session_->finish_all();
}

TEST_F(operations, the_waiter_of_an_abandoned_one_is_told_once) {
    int told = 0;
    make()([&](result<command_tag> r) {
        ++told;
        EXPECT_EQ(r.error(), errc::timed_out);
    });
    loop_.run();
    session_->submitted.at(0)->outcome = errc::timed_out;
    session_->submitted[0]->abandon();
    EXPECT_EQ(told, 1);
    session_->finish_all();
    EXPECT_EQ(told, 1);
}

TEST_F(operations, one_that_its_session_drops_is_freed_and_its_waiter_hears_nothing) {
    const auto alive = std::make_shared<int>();
    make()([alive](result<command_tag>) { ADD_FAILURE(); });
    loop_.run();
    EXPECT_EQ(alive.use_count(), 2);
    session_->drop_all();
    EXPECT_EQ(alive.use_count(), 1);
    EXPECT_EQ(session_.use_count(), 1);
}

TEST_F(operations, of_a_connection_that_was_never_open_fail_and_not_within_the_call) {
    pgcoro::connection none;
    std::optional<result<command_tag>> outcome;
    none.execute("select 1")(asio::bind_executor(loop_.get_executor(), [&](result<command_tag> r) { outcome = std::move(r); }));
    EXPECT_FALSE(outcome);
    loop_.run();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error(), errc::connection_closed);
    EXPECT_TRUE(outcome->error().safe_to_retry());
}

} // namespace
