// SPDX-License-Identifier: BSL-1.0
// Servers that are there and do not serve: full, shutting down, read-only. Each says so with a SQLSTATE, and what can be done
// now follows from it.
#include "loaded.hpp"
#include "support/started.hpp"

#include <csignal>
#include <fstream>
#include <future>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::server_options;

/// A refused connection: nothing was asked for, and nothing is in doubt.
void expect_refused(const pgcoro::error& why, sqlstate with) {
    EXPECT_EQ(why, with) << why;
    EXPECT_TRUE(why.safe_to_retry());
    EXPECT_FALSE(why.outcome_unknown());
    EXPECT_FALSE(why.attempts().empty());
}

class full_server : public testing::Test {
protected:
    full_server() {
        server_options options;
        options.settings = {{"max_connections", "8"}, {"superuser_reserved_connections", "3"}, {"max_wal_senders", "0"}};
        options.users.emplace_back("app", "secret");
        server_.emplace(ephemeral_server::create(options).value());
        config_ = connect_config(server_->tcp_dsn());
        config_.user("app").password("secret").database("postgres");
    }

    /// Takes connections until there are no more.
    task<> fill(std::vector<connection>& all) {
        while (true) {
            auto one = co_await pgcoro::connect(config_);
            if (!one) {
                expect_refused(one.error(), sqlstate::too_many_connections);
                co_return success();
            }
            all.push_back(std::move(one).value());
        }
    }

    std::optional<ephemeral_server> server_;
    connect_config config_;
};

TEST_F(full_server, refuses_with_53300_until_somebody_goes) {
    const auto body = [&]() -> task<> {
        std::vector<connection> all;
        BOOST_OUTCOME_CO_TRY(co_await fill(all));
        EXPECT_GT(all.size(), 0u);
        auto patient = config_;
        patient.retry({});
        started waiting(pgcoro::connect(patient));
        auto refused = co_await pgcoro::connect(config_);
        EXPECT_FALSE(waiting.is_complete());
        expect_refused(error_of(refused), sqlstate::too_many_connections);
        all.clear();
        BOOST_OUTCOME_CO_TRY(auto later, co_await waiting.get());
        BOOST_OUTCOME_CO_TRY(co_await later.execute("select"));
        co_return success();
    };
    run(body);
}

TEST_F(full_server, makes_a_pool_wait_and_say_why) {
    const auto body = [&]() -> task<> {
        std::vector<connection> all;
        BOOST_OUTCOME_CO_TRY(co_await fill(all));
        pgcoro::pool_options options;
        options.retry.maximum = 50ms;
        pgcoro::pool db(co_await asio::this_coro::executor, config_, options);
        auto late = co_await db.execute("select").within(1s);
        EXPECT_EQ(error_of(late), errc::timed_out);
        EXPECT_TRUE(error_of(late).safe_to_retry());
        BOOST_OUTCOME_CO_TRY(auto health, co_await db.health());
        EXPECT_EQ(health.last_connect_error, sqlstate::too_many_connections);
        started waiting(db.execute("select"));
        all.clear();
        BOOST_OUTCOME_CO_TRY(co_await waiting.get());
        co_return success();
    };
    run(body);
}

TEST(server_that_shuts_down, refuses_with_57P03_and_is_tried_again) {
    auto server = ephemeral_server::create().value();
    const auto body = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto last, co_await pgcoro::connect(server.dsn()));
        // A smart shutdown waits for this session and refuses others.
        pid_t postmaster = 0;
        std::ifstream(server.data_directory() / "postmaster.pid") >> postmaster;
        EXPECT_EQ(::kill(postmaster, SIGTERM), 0);
        pgcoro::result<connection> refused;
        do {
            refused = co_await pgcoro::connect(server.dsn());
        } while (refused); // it has not heard of it yet
        expect_refused(refused.error(), sqlstate::cannot_connect_now);
        BOOST_OUTCOME_CO_TRY(co_await last.execute("select"));

        connect_config patient(server.dsn());
        pgcoro::backoff_options often;
        often.maximum = 50ms;
        often.attempts = 10'000; // however long it takes
        patient.retry(often);
        started waiting(pgcoro::connect(patient));
        last.close();
        EXPECT_TRUE(server.stop());
        EXPECT_TRUE(server.start());
        BOOST_OUTCOME_CO_TRY(auto after, co_await waiting.get());
        BOOST_OUTCOME_CO_TRY(co_await after.execute("select"));
        co_return success();
    };
    run(body);
}

TEST(server_that_starts, refuses_with_57P03_and_is_waited_for) {
    auto server = ephemeral_server::create().value();
    EXPECT_TRUE(server.stop());
    // It looks for more to recover from, until it is told that there is none.
    const auto go = server.data_directory() / "go";
    std::ofstream(server.data_directory() / "recovery.signal");
    std::ofstream(server.data_directory() / "postgresql.auto.conf", std::ios::app)
        << "restore_command = 'until [ -e " << go.string() << " ]; do sleep 0.02; done; false'\n";
    auto starting = std::async(std::launch::async, [&] { return server.start().has_value(); });
    const auto body = [&]() -> task<> {
        connect_config patient(server.dsn());
        pgcoro::backoff_options often;
        often.maximum = 50ms;
        often.attempts = 10'000; // however long it takes
        patient.retry(often);
        pgcoro::result<connection> refused;
        do {
            refused = co_await pgcoro::connect(server.dsn());
        } while (!refused && refused.error() != sqlstate::cannot_connect_now); // it does not listen yet
        expect_refused(error_of(refused), sqlstate::cannot_connect_now);
        started waiting(pgcoro::connect(patient));
        std::ofstream{go};
        BOOST_OUTCOME_CO_TRY(auto after, co_await waiting.get());
        BOOST_OUTCOME_CO_TRY(co_await after.execute("select"));
        co_return success();
    };
    run(body);
    EXPECT_TRUE(starting.get());
}

class hot_standby : public testing::Test {
protected:
    hot_standby() {
        primary_.run_sql(reports::table).value();
        standby_.emplace(primary_.make_standby().value());
    }

    static void expect_read_only(const pgcoro::error& why) {
        EXPECT_EQ(why, sqlstate::read_only_sql_transaction);
        EXPECT_FALSE(why.connection_lost());
        EXPECT_FALSE(why.safe_to_retry()) << "not here";
        EXPECT_FALSE(why.outcome_unknown());
    }

    ephemeral_server primary_ = ephemeral_server::create().value();
    std::optional<ephemeral_server> standby_;
};

TEST_F(hot_standby, refuses_writes_with_25006_and_goes_on) {
    with_connection(standby_->dsn(), [&](connection& c) -> task<> {
        auto refused = co_await c.execute("insert into kept values (1, 1)");
        expect_read_only(error_of(refused));
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from kept"));
        EXPECT_EQ(n, 0);
        co_return success();
    });
    with_loaded_pool(*standby_, [&](pgcoro::pool& db) -> task<> {
        auto refused = co_await db.execute("insert into kept values (1, 1)");
        expect_read_only(error_of(refused));
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        co_return success();
    });
}

TEST_F(hot_standby, is_not_connected_to_when_writes_are_wanted) {
    connect_config config(standby_->dsn());
    config.target_session_attrs(pgcoro::session_attrs::read_write);
    const auto body = [&]() -> task<> {
        auto refused = co_await pgcoro::connect(config);
        EXPECT_EQ(error_of(refused), errc::no_matching_server);
        EXPECT_TRUE(standby_->promote());
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(config));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into kept values (1, 1)"));
        co_return success();
    };
    run(body);
}

} // namespace
