// SPDX-License-Identifier: BSL-1.0
// The primary dies while it serves, a standby takes its place, and the pool goes there.
#include "support/pooling.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>

#include <set>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::task;
using pgcoro::testing::ephemeral_server;

/// Either server will do, as long as it takes writes.
pgcoro::connect_config both(const ephemeral_server& primary, const ephemeral_server& standby) {
    const auto folders = primary.socket_directory().string() + "," + standby.socket_directory().string();
    const auto ports = std::to_string(primary.port()) + "," + std::to_string(standby.port());
    pgcoro::connect_config config("host=" + folders + " port=" + ports + " dbname=postgres user=" + primary.superuser());
    config.target_session_attrs(pgcoro::session_attrs::read_write);
    return config;
}

/// What became of the rows that were inserted.
struct journal {
    std::set<int> told_done;
    std::set<int> in_doubt;
    std::set<int> told_not_done;
    bool stop = false;
};

task<> insert(pool& db, int first, int step, journal& what) {
    for (int id = first; !what.stop; id += step) {
        auto outcome = co_await db.execute("insert into kept (id) values ($1)", id);
        (outcome ? what.told_done : outcome.error().outcome_unknown() ? what.in_doubt : what.told_not_done).insert(id);
    }
    co_return success();
}

TEST(pool_failover, it_serves_on_after_the_primary_died_and_the_standby_was_promoted) {
    auto primary = ephemeral_server::create().value();
    EXPECT_TRUE(primary.run_sql("create table kept (id int primary key)"));
    auto standby = primary.make_standby().value();
    // What is committed is on the standby, or it is not reported as done.
    EXPECT_TRUE(primary.run_sql("alter system set synchronous_standby_names = '*'"));
    EXPECT_TRUE(primary.run_sql("alter system set synchronous_commit = 'remote_apply'"));
    EXPECT_TRUE(primary.run_sql("select pg_reload_conf()"));

    pool_options options;
    options.max_size = 4;
    options.retry.maximum = 200ms;
    int failures = 0; // of attempts to connect, on all servers
    options.hooks.on_connect_failed = [&](const pgcoro::error&, int) { ++failures; };
    journal what;
    with_pool(both(primary, standby), options, [&](pool& db) -> task<> {
        const auto executor = co_await asio::this_coro::executor;
        const auto until_done = [&](std::size_t more) -> asio::awaitable<void> {
            const auto wanted = what.told_done.size() + more;
            while (what.told_done.size() < wanted) {
                co_await asio::post(asio::use_awaitable);
            }
        };
        int running = 4;
        for (int n = 0; n < 4; ++n) {
            asio::co_spawn(executor, insert(db, n, 4, what), [&](std::exception_ptr, pgcoro::result<>) { --running; });
        }
        co_await until_done(100);
        EXPECT_TRUE(primary.kill());
        EXPECT_TRUE(standby.promote());
        failures = 0; // promoting blocks the loop: what failed until now was at its backoff
        co_await until_done(100);
        EXPECT_LE(failures, 1) << "the first attempt after the backoff finds the new primary";
        what.stop = true;
        while (running > 0) {
            co_await asio::post(asio::use_awaitable);
        }
        BOOST_OUTCOME_CO_TRY(auto port, co_await db.fetch_one<int>("select current_setting('port')::int"));
        EXPECT_EQ(port, standby.port());
        BOOST_OUTCOME_CO_TRY(auto rows, co_await db.fetch<int>("select id from kept"));
        const std::set<int> there(rows.begin(), rows.end());
        for (const int id : what.told_done) {
            EXPECT_TRUE(there.contains(id)) << id << " was reported as done";
        }
        for (const int id : what.told_not_done) {
            EXPECT_FALSE(there.contains(id)) << id << " was reported as not done";
        }
        EXPECT_LE(what.in_doubt.size(), 4u) << "one for each coroutine";
        co_return success();
    });
}

} // namespace
