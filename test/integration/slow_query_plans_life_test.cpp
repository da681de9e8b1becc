// SPDX-License-Identifier: BSL-1.0
// The connection that explains slow statements: when it is made and closed, and what it leaves behind.
#include "slow_query_plans_fixture.hpp"

#include <pgcoro/query_log.hpp>

#include <boost/asio/co_spawn.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::slow_query_plans;
using pgcoro::task;

TEST_F(slow_query_plans_test, a_server_that_cannot_be_reached_gives_an_error_without_secrets) {
    auto nowhere = config();
    nowhere.set("options", "-c no_such_setting=1").password("hidden-password");

    explain_with(nowhere, 1, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned"));
        co_return pgcoro::success();
    });

    EXPECT_TRUE(static_cast<bool>(last_[0].failure));
    EXPECT_FALSE(plan_has(last_[0].failure.describe(), "hidden-password")) << last_[0].failure.describe();
}

TEST_F(slow_query_plans_test, its_own_statements_are_not_observed) {
    std::atomic<int> statements = 0;
    auto observed = config();
    observed.observe(std::make_shared<pgcoro::query_log>([&](std::string_view) { ++statements; }));

    explain_with(observed, 1, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned"));
        co_return pgcoro::success();
    });

    EXPECT_FALSE(last_[0].failure) << last_[0].failure;
    EXPECT_EQ(statements, 0);
}

TEST_F(slow_query_plans_test, leaves_no_transaction_and_no_prepared_statement_behind) {
    std::string left_behind;
    options_.on_plan = [&](const pgcoro::slow_query_plan&) {
        left_behind += judge_.value("select state || ' ' || query" + sessions());
    };

    explain(1, [](connection& c) -> task<> {
        const std::int64_t id = 1;
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned where id = $1", id));
        co_return pgcoro::success();
    });

    EXPECT_EQ(left_behind, "idle deallocate pgcoro_slow_1");
}

TEST_F(slow_query_plans_test, the_connection_is_closed_when_idle_and_made_again) {
    options_.idle_timeout = 1ms;

    explain(2, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned"));
        const auto has_come = [&] { return plans_->last().size() == 1; };
        co_await until_true(has_come);
        co_await until(judge_, "select count(*) = 0" + sessions());
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select id from planned"));
        co_return pgcoro::success();
    });

    EXPECT_FALSE(last_[1].failure) << last_[1].failure;
}

TEST_F(slow_query_plans_test, the_connection_lives_between_statements) {
    std::vector<std::string> seen;
    options_.on_plan = [&](const pgcoro::slow_query_plan&) {
        seen.push_back(judge_.value("select string_agg(pid::text, ' ')" + sessions()));
    };

    explain(2, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned"));
        const auto has_come = [&] { return plans_->last().size() == 1; };
        co_await until_true(has_come);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select id from planned"));
        co_return pgcoro::success();
    });

    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0], seen[1]);
}

TEST_F(slow_query_plans_test, a_lost_connection_is_made_again) {
    explain(3, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select name from planned"));
        const auto has_come = [&] { return plans_->last().size() == 1; };
        co_await until_true(has_come);
        judge_.value("select pg_terminate_backend(pid, 60000)" + sessions());
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select id from planned"));
        const auto failed = [&] { return plans_->last().size() == 2; };
        co_await until_true(failed);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        co_return pgcoro::success();
    });

    EXPECT_FALSE(last_[2].failure) << last_[2].failure;
}

TEST_F(slow_query_plans_test, closing_abandons_what_is_being_explained) {
    options_.lock_timeout = options_.statement_timeout = 1h;

    explain(0, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("lock table planned"));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select name from planned"));
        co_await until(judge_, "select count(*) = 1" + sessions() + " and wait_event_type = 'Lock'");
        plans_->close();
        co_await until_sent(); // nothing keeps the loop running from now on, although the lock is held
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        co_return pgcoro::success();
    });
}

TEST_F(slow_query_plans_test, keeps_the_last_ones_only) {
    options_.kept = 2;
    int told = 0;
    options_.on_plan = [&](const pgcoro::slow_query_plan&) { ++told; };

    explain(2, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 2"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 3"));
        const auto have_come = [&] { return told == 3; };
        co_await until_true(have_come);
        co_return pgcoro::success();
    });

    EXPECT_EQ(last_[0].sql, "select 2");
    EXPECT_EQ(last_[1].sql, "select 3");
}

TEST_F(slow_query_plans_test, a_callback_that_throws_stops_nothing) {
    options_.on_plan = [](const pgcoro::slow_query_plan&) { throw std::runtime_error("no"); };

    explain(2, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 2"));
        co_return pgcoro::success();
    });

    EXPECT_FALSE(last_[1].failure) << last_[1].failure;
}

TEST_F(slow_query_plans_test, may_outlive_its_loop) {
    {
        asio::io_context loop(1);
        plans_ = std::make_shared<slow_query_plans>(loop.get_executor(), config(), options_);
        pgcoro::connect_config observed(shared_server().dsn());
        observed.observe(plans_);
        std::optional<connection> c;
        bool is_explaining = false;
        asio::co_spawn(
            loop,
            [&]() -> asio::awaitable<void> {
                auto made = co_await pgcoro::connect(observed);
                c.emplace(std::move(made).value());
                const auto done = co_await c->execute("select name from planned");
                EXPECT_TRUE(done);
                is_explaining = true;
            },
            [](std::exception_ptr) {});
        while (!is_explaining && loop.run_one() != 0) {
        }
        EXPECT_TRUE(is_explaining);
    }
    plans_->close();
    plans_.reset();
    EXPECT_EQ(plans_, nullptr);
}

} // namespace
