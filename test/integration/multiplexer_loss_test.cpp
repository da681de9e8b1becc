// SPDX-License-Identifier: BSL-1.0
// Lanes that are lost: what was in flight is told the truth, what was not sent runs on another lane, and the lane comes back.
#include "multiplexer_fixture.hpp"
#include "support/proxy.hpp"

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::multiplexer;
using pgcoro::task;

class multiplexer_loss : public multiplexer_test {};

TEST_F(multiplexer_loss, statements_in_flight_fail_and_those_not_sent_run_on_the_new_connection) {
    lock();
    auto options = lanes(1);
    options.max_in_flight = 3;
    with_multiplexer(config(), options, [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        started stuck(m.execute("insert into ledger select 1 from pg_advisory_xact_lock(1)"));
        started second(m.execute("insert into ledger values (2)"));
        started third(m.execute("insert into ledger values (3)"));
        started fourth(m.execute("insert into ledger values (4)"));
        started fifth(m.execute("insert into ledger values (5)"));
        EXPECT_EQ(m.stats().waiting, 2u);
        co_await until_blocked(1);
        terminate_lanes();

        auto r = co_await stuck.get();
        EXPECT_EQ(error_of(r), pgcoro::sqlstate::admin_shutdown);
        EXPECT_TRUE(error_of(r).connection_lost());
        EXPECT_FALSE(error_of(r).outcome_unknown());
        for (auto* behind : {&second, &third}) {
            r = co_await behind->get();
            EXPECT_TRUE(error_of(r).connection_lost());
            EXPECT_TRUE(error_of(r).safe_to_retry()) << "the server never came to it";
        }
        for (auto* unsent : {&fourth, &fifth}) {
            r = co_await unsent->get();
            EXPECT_TRUE(r) << error_of(r);
        }
        EXPECT_EQ(rows(), "4 5");
        EXPECT_EQ(m.stats().losses, 1u);
        EXPECT_EQ(m.stats().reconnects, 1u);
        co_return success();
    });
}

// A statement that travels outside of pipeline mode holds up what comes behind, inside of the session.
TEST_F(multiplexer_loss, what_a_lane_had_taken_and_not_sent_goes_to_another_lane) {
    lock();
    with_multiplexer(config(), lanes(1), [&](multiplexer& m) -> task<> {
        for (int i = 0; i < 20; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await m.execute("select"));
        }
        started stuck(m.execute(pgcoro::unchecked_sql("insert into ledger select 1 from pg_advisory_xact_lock(1)")));
        co_await until_sent();
        started second(m.execute("insert into ledger values ($1)", 2));
        started third(m.execute("insert into ledger values ($1)", 3));
        EXPECT_EQ(m.stats().in_flight, 3u);
        EXPECT_EQ(m.stats().waiting, 0u);
        co_await until_blocked(1);
        terminate_lanes();
        auto r = co_await stuck.get();
        EXPECT_TRUE(error_of(r).connection_lost());
        BOOST_OUTCOME_CO_TRY(co_await second.get());
        BOOST_OUTCOME_CO_TRY(co_await third.get());
        EXPECT_EQ(m.stats().resubmitted, 2u);
        EXPECT_EQ(rows(), "2 3");
        co_return success();
    });
}

TEST_F(multiplexer_loss, a_connection_that_just_breaks_leaves_what_was_in_flight_in_doubt) {
    asio::io_context loop(1);
    proxy between(loop, shared_server());
    const auto body = [&]() -> task<> {
        auto options = lanes(1);
        options.max_in_flight = 1;
        multiplexer m(loop.get_executor(), between.config(), options);
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        between.swallow();
        started in_flight(m.execute("insert into ledger values (1)"));
        started waiting(m.execute("insert into ledger values (2)").within(100ms));
        co_await until(judge_, "select count(*) = 1 from ledger");
        between.cut();
        auto r = co_await in_flight.get();
        EXPECT_EQ(error_of(r), errc::connection_lost);
        EXPECT_TRUE(error_of(r).outcome_unknown());
        r = co_await waiting.get(); // the proxy takes nobody any more
        EXPECT_EQ(error_of(r), errc::timed_out);
        EXPECT_TRUE(error_of(r).safe_to_retry());
        EXPECT_EQ(rows(), "1");
        co_return success();
    };
    run(loop, body);
}

TEST_F(multiplexer_loss, other_lanes_go_on) {
    lock();
    with_multiplexer(config(), lanes(2), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        started stuck(m.execute("insert into ledger select 1 from pg_advisory_xact_lock(1)"));
        co_await until_blocked(1);
        BOOST_OUTCOME_CO_TRY(auto other, co_await m.fetch_one<int>("select pg_backend_pid()"));
        judge_.value(
            "select pg_terminate_backend(pid, 20000) from pg_stat_activity where application_name = 'lane' and pid = " +
            std::to_string(other));
        co_await until_true([&] { return m.stats().losses == 1; });
        EXPECT_FALSE(stuck.is_complete());
        unlock();
        BOOST_OUTCOME_CO_TRY(co_await stuck.get());
        EXPECT_EQ(rows(), "1");
        co_return success();
    });
}

TEST_F(multiplexer_loss, of_an_idle_lane_is_noticed_and_mended_before_anybody_asks) {
    std::vector<std::size_t> told;
    auto options = lanes(1);
    options.on_lane_lost = [&](std::size_t lane, const error& why) {
        EXPECT_EQ(why, pgcoro::sqlstate::admin_shutdown);
        told.push_back(lane);
    };
    with_multiplexer(config(), options, [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        terminate_lanes();
        co_await until_true([&] { return m.stats().reconnects == 1; });
        BOOST_OUTCOME_CO_TRY(co_await m.execute("select"));
        EXPECT_EQ(told, std::vector<std::size_t>{0});
        co_return success();
    });
}

TEST_F(multiplexer_loss, a_restart_of_the_server_is_outlived) {
    auto server = pgcoro::testing::ephemeral_server::create().value();
    auto options = lanes(3);
    std::size_t failures = 0;
    options.on_connect_failed = [&](std::size_t, const error&) { ++failures; };
    with_multiplexer(server.dsn(), options, [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        EXPECT_TRUE(server.stop());
        co_await until_true([&] { return m.stats().losses == 3; });
        std::vector<started<int>> answers;
        for (int i = 0; i < 10; ++i) {
            answers.emplace_back(m.fetch_one<int>("select $1 + 1", i));
        }
        co_await until_true([&] { return failures != 0; });
        EXPECT_EQ(m.stats().waiting, 10u);
        EXPECT_TRUE(server.start());
        for (int i = 0; i < 10; ++i) {
            BOOST_OUTCOME_CO_TRY(auto answer, co_await answers[static_cast<std::size_t>(i)].get());
            EXPECT_EQ(answer, i + 1);
        }
        co_await until_true([&] { return m.stats().lanes_up == 3; });
        co_return success();
    });
}

TEST_F(multiplexer_loss, a_statement_waits_for_a_lane_until_its_deadline) {
    with_multiplexer(nobody(), lanes(2), [&](multiplexer& m) -> task<> {
        auto r = co_await m.execute("insert into ledger values (1)").within(50ms);
        EXPECT_EQ(error_of(r), errc::timed_out);
        EXPECT_TRUE(error_of(r).safe_to_retry());
        EXPECT_GT(m.stats().failed_connects, 0u);
        EXPECT_NE(error_of(r).message().find(m.stats().last_connect_error.message()), std::string::npos) << error_of(r);
        EXPECT_EQ(m.stats().expired, 1u);
        EXPECT_EQ(m.stats().waiting, 0u);
        co_return success();
    });
}

TEST_F(multiplexer_loss, the_options_give_a_deadline_to_those_without) {
    auto options = lanes(1);
    options.deadline = 50ms;
    with_multiplexer(nobody(), options, [&](multiplexer& m) -> task<> {
        auto r = co_await m.execute("select");
        EXPECT_EQ(error_of(r), errc::timed_out);
        co_return success();
    });
}

TEST_F(multiplexer_loss, open_fails_if_no_lane_comes_up) {
    with_multiplexer(nobody(), lanes(2), [&](multiplexer& m) -> task<> {
        auto r = co_await m.open();
        EXPECT_EQ(error_of(r).code(), boost::system::errc::no_such_file_or_directory) << error_of(r);
        EXPECT_TRUE(error_of(r).safe_to_retry());
        co_return success();
    });
}

TEST_F(multiplexer_loss, what_waits_fails_if_connecting_fails_for_good) {
    auto nowhere = config();
    nowhere.database("no_such_database");
    with_multiplexer(nowhere, lanes(2), [&](multiplexer& m) -> task<> {
        auto opened = co_await m.open();
        EXPECT_EQ(error_of(opened), pgcoro::sqlstate::invalid_catalog_name);
        auto r = co_await m.execute("select");
        EXPECT_EQ(error_of(r), pgcoro::sqlstate::invalid_catalog_name);
        EXPECT_TRUE(error_of(r).safe_to_retry());
        co_return success();
    });
}

// After a failure for good the lanes rest until somebody asks.
TEST_F(multiplexer_loss, what_failed_for_good_is_tried_again_for_the_next_statement) {
    judge_.value("drop database if exists late");
    auto late = config();
    late.database("late");
    with_multiplexer(late, lanes(2), [&](multiplexer& m) -> task<> {
        auto early = co_await m.execute("select");
        EXPECT_EQ(error_of(early), pgcoro::sqlstate::invalid_catalog_name);
        EXPECT_EQ(judge_.value("create database late"), "");
        BOOST_OUTCOME_CO_TRY(co_await m.execute("select"));
        co_return success();
    });
    judge_.value("drop database late with (force)");
}

} // namespace
