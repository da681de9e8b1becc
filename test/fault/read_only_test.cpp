// SPDX-License-Identifier: BSL-1.0
// A server turns read-only under load, and back, as one does that was demoted for a while.
#include "loaded.hpp"

#include <iostream>
#include <string>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::task;
using pgcoro::testing::ephemeral_server;

class server_that_turns : public testing::Test {
protected:
    server_that_turns() { EXPECT_TRUE(server.run_sql(reports::table)); }

    void turn(const char* read_only) {
        EXPECT_TRUE(server.run_sql(std::string("alter system set default_transaction_read_only = ") + read_only));
        EXPECT_TRUE(server.run_sql("select pg_reload_conf()"));
    }

    /// Eight clients insert, on sessions that are to be read-write, while the server turns to and fro.
    template <class Db>
    task<> insert_while_it_turns(Db& db, std::size_t sessions) {
        constexpr int rounds = 10;
        reports told;
        std::size_t failures = 0;
        int next = 0;
        bool stop = false;
        int running = 8;
        const auto client = [&]() -> task<> {
            while (!stop) {
                const int id = next++;
                auto done = co_await db.execute("insert into kept values ($1, 1)", id);
                told.tell(id, done);
                if (!done) {
                    ++failures;
                    EXPECT_TRUE(done.error() == pgcoro::sqlstate::read_only_sql_transaction || done.error().connection_lost())
                        << done.error();
                }
            }
            co_return success();
        };
        const auto executor = co_await asio::this_coro::executor;
        for (int n = 0; n < 8; ++n) {
            asio::co_spawn(executor, client(), [&running](std::exception_ptr, const pgcoro::result<>&) { --running; });
        }
        const auto until = [](auto condition) -> asio::awaitable<void> {
            while (!condition()) {
                co_await asio::post(asio::use_awaitable);
            }
        };
        for (int round = 0; round < rounds; ++round) {
            const auto done = told.done();
            co_await until([&] { return told.done() > done + 20; });
            const auto failed = failures;
            turn("on");
            co_await until([&] { return failures > failed; });
            turn("off");
        }
        const auto done = told.done();
        co_await until([&] { return told.done() > done + 20; });
        stop = true;
        co_await until([&] { return running == 0; });
        std::cout << rounds << " turns: " << told.summary() << '\n';
        // Those that were in flight on each session when it turned.
        EXPECT_LE(failures, rounds * (sessions + 8) * 2);
        libpq_session judge(server.dsn());
        told.compare(judge, "none");
        co_return success();
    }

    pgcoro::connect_config config() const { return as_load(server).target_session_attrs(pgcoro::session_attrs::read_write); }

    ephemeral_server server = ephemeral_server::create().value();
};

TEST_F(server_that_turns, read_only_and_back_is_left_alone_by_a_pool_meanwhile) {
    const auto body = [&]() -> task<> {
        pgcoro::pool_options options;
        options.max_size = 4;
        options.retry.initial = 5ms;
        options.retry.maximum = 50ms;
        pgcoro::pool db(co_await asio::this_coro::executor, config(), options);
        auto outcome = co_await insert_while_it_turns(db, options.max_size);
        co_return outcome;
    };
    run(body);
}

TEST_F(server_that_turns, read_only_and_back_is_left_alone_by_a_multiplexer_meanwhile) {
    const auto body = [&]() -> task<> {
        pgcoro::multiplexer_options options;
        options.lanes = 2;
        options.backoff.initial = 5ms;
        options.backoff.maximum = 50ms;
        pgcoro::multiplexer db(co_await asio::this_coro::executor, config(), options);
        auto outcome = co_await insert_while_it_turns(db, options.lanes);
        co_return outcome;
    };
    run(body);
}

} // namespace
