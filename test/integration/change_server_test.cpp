// SPDX-License-Identifier: BSL-1.0
// A server that turns read-only while a pool or a multiplexer uses it, and one that dies while nobody does.
#include "multiplexer_fixture.hpp"
#include "support/pooling.hpp"

#include <pgcoro/pgcoro.hpp>

#include <string>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::errc;
using pgcoro::multiplexer;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::pooled_connection;
using pgcoro::session_attrs;
using pgcoro::task;
using pgcoro::testing::ephemeral_server;

/// Two servers with a table each.
class changing_servers : public testing::Test {
protected:
    changing_servers() {
        for (auto* const s : {&first, &second}) {
            EXPECT_TRUE(s->run_sql("create table t (id int)"));
        }
    }

    connect_config config(session_attrs wanted) const {
        connect_config c("host=" + first.socket_directory().string() + "," + second.socket_directory().string() +
                         " port=" + std::to_string(first.port()) + "," + std::to_string(second.port()) +
                         " dbname=postgres user=" + first.superuser());
        c.target_session_attrs(wanted);
        return c;
    }

    static void turn(ephemeral_server& s, const char* read_only) {
        EXPECT_TRUE(s.run_sql(std::string("alter system set default_transaction_read_only = ") + read_only));
        EXPECT_TRUE(s.run_sql("select pg_reload_conf()"));
        // The server has read the file when a new session sees it.
        while (s.run_sql("show default_transaction_read_only").value().substr(0, 2) != std::string(read_only).substr(0, 2)) {
        }
    }

    /// It is `server` that answers.
    template <class Db>
    static asio::awaitable<void> expect_port(Db& db, const ephemeral_server& server) {
        auto port = co_await db.template fetch_one<int>("select current_setting('port')::int");
        EXPECT_TRUE(port) << error_of(port);
        EXPECT_EQ(port ? port.value() : 0, server.port());
    }

    ephemeral_server first = ephemeral_server::create().value();
    ephemeral_server second = ephemeral_server::create().value();
};

pool_options soon() {
    pool_options options;
    options.retry.initial = 1ms;
    options.retry.maximum = 20ms;
    return options;
}

task<> fill(pool& db, std::size_t connections) {
    std::vector<pooled_connection> all;
    while (all.size() < connections) {
        BOOST_OUTCOME_CO_TRY(auto one, co_await db.acquire());
        all.push_back(std::move(one));
    }
    co_return success();
}

TEST_F(changing_servers, a_read_write_pool_leaves_a_server_that_turned_read_only_and_comes_back) {
    with_pool(config(session_attrs::read_write), soon(), [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await fill(db, 5));
        co_await expect_port(db, first);
        turn(first, "on");
        int failures = 0;
        for (int i = 0; i < 20; ++i) {
            auto done = co_await db.execute("insert into t values (1)");
            failures += done ? 0 : 1;
            EXPECT_TRUE(done || error_of(done) == pgcoro::sqlstate::read_only_sql_transaction) << error_of(done);
        }
        EXPECT_LE(failures, 1) << "one finds out, and the other connections are asked before they are lent";
        co_await expect_port(db, second);
        EXPECT_EQ(second.run_sql("select count(*) from t").value().substr(0, 2), std::to_string(20 - failures));
        turn(first, "off");
        turn(second, "on");
        for (int i = 0; i < 5; ++i) {
            static_cast<void>(co_await db.execute("insert into t values (2)"));
        }
        co_await expect_port(db, first);
        co_return success();
    });
}

TEST_F(changing_servers, a_read_write_pool_waits_for_a_server_to_turn_back) {
    turn(second, "on");
    with_pool(config(session_attrs::read_write), soon(), [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into t values (1)"));
        turn(first, "on");
        static_cast<void>(co_await db.execute("insert into t values (2)"));
        auto nowhere = co_await db.execute("insert into t values (3)").within(200ms);
        EXPECT_EQ(error_of(nowhere), errc::timed_out);
        EXPECT_TRUE(error_of(nowhere).safe_to_retry());
        turn(first, "off");
        BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into t values (4)"));
        co_await expect_port(db, first);
        co_return success();
    });
}

TEST_F(changing_servers, a_read_only_pool_leaves_a_server_that_turned_read_write) {
    turn(first, "on");
    turn(second, "on");
    with_pool(config(session_attrs::read_only), soon(), [&](pool& db) -> task<> {
        co_await expect_port(db, first);
        turn(first, "off");
        for (int i = 0; i < 20; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        }
        co_await expect_port(db, second);
        co_return success();
    });
}

TEST_F(changing_servers, a_read_only_transaction_of_ones_own_costs_no_connection) {
    with_pool(config(session_attrs::read_write), soon(), [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto pid, co_await db.fetch_one<int>("select pg_backend_pid()"));
        {
            pgcoro::transaction_options careful;
            careful.access = pgcoro::access_mode::read_only;
            BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin(careful));
            auto refused = co_await tx.execute("insert into t values (1)");
            EXPECT_EQ(error_of(refused), pgcoro::sqlstate::read_only_sql_transaction);
        }
        BOOST_OUTCOME_CO_TRY(auto same, co_await db.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_EQ(same, pid);
        co_return success();
    });
}

TEST_F(changing_servers, a_read_write_multiplexer_leaves_a_server_that_turned_read_only_and_comes_back) {
    with_multiplexer(config(session_attrs::read_write), lanes(2), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        co_await expect_port(m, first);
        turn(first, "on");
        int failures = 0;
        for (int i = 0; i < 20; ++i) {
            auto done = co_await m.execute("insert into t values (1)");
            failures += done ? 0 : 1;
        }
        EXPECT_LE(failures, 2) << "one for each lane";
        co_await expect_port(m, second);
        turn(first, "off");
        turn(second, "on");
        for (int i = 0; i < 5; ++i) {
            static_cast<void>(co_await m.execute("insert into t values (2)"));
        }
        co_await expect_port(m, first);
        co_return success();
    });
}

TEST(pool_health, a_dead_server_is_noticed_by_asking_for_health_alone) {
    auto server = ephemeral_server::create().value();
    with_pool(server.dsn(), soon(), [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await fill(db, 3));
        BOOST_OUTCOME_CO_TRY(auto before, co_await db.health());
        EXPECT_TRUE(before.is_serving);
        EXPECT_EQ(before.idle, 3u);
        EXPECT_TRUE(server.kill());
        BOOST_OUTCOME_CO_TRY(auto dead, co_await db.health());
        EXPECT_FALSE(dead.is_serving);
        EXPECT_EQ(dead.size, 0u);
        EXPECT_TRUE(server.start());
        for (pgcoro::pool_health now = dead; !now.is_serving;) {
            BOOST_OUTCOME_CO_TRY(now, co_await db.health());
        }
        co_return success();
    });
}

TEST(pool_health, a_server_that_stands_still_is_noticed_too) {
    auto server = ephemeral_server::create().value();
    pool_options options = soon();
    options.trust_for = 0ms;
    options.validate_timeout = 100ms;
    with_pool(server.dsn(), options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        EXPECT_TRUE(server.pause());
        auto hurried = co_await db.health().within(1ms);
        EXPECT_EQ(error_of(hurried), errc::timed_out);
        BOOST_OUTCOME_CO_TRY(auto health, co_await db.health());
        EXPECT_FALSE(health.is_serving);
        EXPECT_TRUE(server.resume());
        co_return success();
    });
}

TEST(pool_health, a_wait_that_ends_while_a_connection_is_being_made_says_so) {
    auto server = ephemeral_server::create().value();
    with_pool(server.dsn(), pool_options(), [&](pool& db) -> task<> {
        EXPECT_TRUE(server.pause());
        auto late = co_await db.acquire().within(50ms);
        EXPECT_EQ(error_of(late), errc::timed_out);
        EXPECT_NE(error_of(late).message().find("one more is being made, for "), std::string::npos) << error_of(late);
        EXPECT_TRUE(server.resume());
        co_return success();
    });
}

} // namespace
