// SPDX-License-Identifier: BSL-1.0
// Connections that are looked at before they are lent, and what one that is dead says of the others.
#include "support/judge.hpp"
#include "support/pooling.hpp"
#include "support/proxy.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <optional>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::pooled_connection;
using pgcoro::task;

/// Makes the pool have so many connections, all idle.
task<> fill(pool& db, std::size_t connections) {
    std::vector<pooled_connection> all;
    while (all.size() < connections) {
        BOOST_OUTCOME_CO_TRY(auto one, co_await db.acquire());
        all.push_back(std::move(one));
    }
    co_return success();
}

TEST(pool_checks, one_the_server_has_closed_is_not_lent) {
    libpq_session judge(shared_server().dsn());
    pool_options options;
    options.trust_for = 0ms;
    with_pool(options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto pid, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_EQ(judge.value("select pg_terminate_backend(" + std::to_string(pid) + ", 20000)"), "t");
        BOOST_OUTCOME_CO_TRY(auto other, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_NE(other, pid);
        BOOST_OUTCOME_CO_TRY(auto stats, co_await db.statistics());
        EXPECT_EQ(stats.connections_lost, 1u);
        co_return success();
    });
}

TEST(pool_checks, a_restart_of_the_server_costs_one_error) {
    auto server = pgcoro::testing::ephemeral_server::create().value();
    pool_options options;
    options.trust_for = 1h;
    with_pool(server.dsn(), options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await fill(db, 5));
        EXPECT_TRUE(server.restart());
        int errors = 0;
        for (int i = 0; i < 10; ++i) {
            auto outcome = co_await db.execute("select");
            if (!outcome) {
                ++errors;
                EXPECT_TRUE(error_of(outcome).connection_lost());
            }
        }
        EXPECT_EQ(errors, 1);
        co_return success();
    });
}

TEST(pool_checks, with_checks_a_restart_of_the_server_costs_none) {
    auto server = pgcoro::testing::ephemeral_server::create().value();
    pool_options options;
    options.trust_for = 0ms;
    with_pool(server.dsn(), options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await fill(db, 5));
        EXPECT_TRUE(server.restart());
        for (int i = 0; i < 10; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        }
        co_return success();
    });
}

TEST(pool_checks, one_that_rested_long_makes_a_round_trip_before_it_is_lent) {
    pool_options options;
    options.trust_for = options.validate_after = 0ms;
    std::optional<proxy> between;
    const auto body = [&]() -> task<> {
        auto& loop = static_cast<asio::io_context&>((co_await asio::this_coro::executor).context());
        between.emplace(loop, shared_server());
        pool db(co_await asio::this_coro::executor, between->config(), options);
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        const auto before = between->heard('S');
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        EXPECT_EQ(between->heard('S') - before, 2u) << "one for the ping, one for the statement";
        co_return success();
    };
    run(body);
}

TEST(pool_checks, one_that_just_came_back_does_not) {
    std::optional<proxy> between;
    pool_options options;
    options.trust_for = 1h;
    const auto body = [&]() -> task<> {
        auto& loop = static_cast<asio::io_context&>((co_await asio::this_coro::executor).context());
        between.emplace(loop, shared_server());
        pool db(co_await asio::this_coro::executor, between->config(), options);
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        const auto before = between->heard('S');
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        EXPECT_EQ(between->heard('S') - before, 1u);
        co_return success();
    };
    run(body);
}

TEST(pool_checks, a_server_that_does_not_answer_is_given_up_in_time) {
    auto server = pgcoro::testing::ephemeral_server::create().value();
    pool_options options;
    options.trust_for = options.validate_after = 0ms;
    options.validate_timeout = 20ms;
    with_pool(server.dsn(), options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto pid, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_TRUE(server.pause());
        auto outcome = co_await db.execute("select").within(300ms);
        EXPECT_EQ(error_of(outcome), errc::timed_out);
        EXPECT_TRUE(error_of(outcome).safe_to_retry());
        EXPECT_TRUE(server.resume());
        BOOST_OUTCOME_CO_TRY(auto other, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_NE(other, pid);
        co_return success();
    });
}

TEST(pool_checks, who_waits_is_served_when_the_server_comes_back) {
    auto server = pgcoro::testing::ephemeral_server::create().value();
    EXPECT_TRUE(server.stop());
    with_pool(server.dsn(), pool_options(), [&](pool& db) -> task<> {
        started waiting(db.fetch_one<int>("select 1"));
        for (pgcoro::pool_health health; health.failures < 2;) {
            BOOST_OUTCOME_CO_TRY(health, co_await db.health());
            EXPECT_FALSE(health.size != 0 || waiting.is_complete());
            EXPECT_EQ(health.is_serving, health.failures == 0);
        }
        EXPECT_TRUE(server.start());
        BOOST_OUTCOME_CO_TRY(auto one, co_await waiting.get());
        EXPECT_EQ(one, 1);
        BOOST_OUTCOME_CO_TRY(auto health, co_await db.health());
        EXPECT_TRUE(health.is_serving);
        EXPECT_EQ(health.failures, 0);
        EXPECT_TRUE(health.last_connect_error);
        co_return success();
    });
}

TEST(pool_checks, the_error_of_who_waits_in_vain_has_the_last_attempts) {
    pool_options options;
    options.acquire_timeout = 1s;
    with_pool("host=127.0.0.1 port=1", options, [&](pool& db) -> task<> {
        auto outcome = co_await db.execute("select");
        EXPECT_EQ(error_of(outcome), errc::timed_out);
        EXPECT_EQ(error_of(outcome).attempts().size(), 1u);
        EXPECT_NE(error_of(outcome).message().find("the last attempt to connect failed: "), std::string::npos)
            << error_of(outcome);
        co_return success();
    });
}

TEST(pool_checks, where_trying_again_is_useless_nobody_waits) {
    pgcoro::connect_config config(shared_server().dsn());
    config.database("no_such_database");
    with_pool(config, pool_options(), [](pool& db) -> task<> {
        started first(db.execute("select"));
        auto second = co_await db.acquire();
        EXPECT_EQ(error_of(second), pgcoro::sqlstate::invalid_catalog_name);
        EXPECT_TRUE(error_of(second).safe_to_retry());
        auto statement = co_await first.get();
        EXPECT_EQ(error_of(statement), pgcoro::sqlstate::invalid_catalog_name);
        co_return success();
    });
}

} // namespace
