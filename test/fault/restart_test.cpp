// SPDX-License-Identifier: BSL-1.0
// The server is restarted under load, as in maintenance and as in a crash.
#include "loaded.hpp"

#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <iostream>

namespace {

using namespace pgcoro::test;
using pgcoro::result;
using pgcoro::task;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::shutdown_mode;
using clock = std::chrono::steady_clock;

constexpr std::size_t clients = 16;

/// When the server had gone, and when it accepted connections again.
struct absence {
    clock::time_point began, ended;
};

/// On a thread of its own, for it blocks.
task<absence> restart(ephemeral_server& server, int time) {
    if (time % 3 == 2) {
        BOOST_OUTCOME_CO_TRY(server.kill());
    } else {
        BOOST_OUTCOME_CO_TRY(server.stop(time % 3 == 0 ? shutdown_mode::fast : shutdown_mode::immediate));
    }
    const auto began = clock::now();
    BOOST_OUTCOME_CO_TRY(server.start());
    co_return absence{began, clock::now()};
}

/// How many statements a restart may cost.
struct price {
    std::size_t of_one_client;
    std::size_t in_all;
};

/// Restarts in turn in an orderly way, at once, and by a crash. What is in flight is lost. On a pool, that is one statement for
/// each connection; usually of different clients, but a server that is slow to end its sessions may let one client meet several
/// of them. On a multiplexer, a client loses one for each lane: what it starts at once may go to a lane whose loss has not been
/// heard of.
template <class Db>
task<> restart_under_load(Db& db, ephemeral_server& server, int times, price most) {
    load work(db, co_await asio::this_coro::executor, clients);
    asio::thread_pool blocking(1);
    for (int time = 0; time < times; ++time) {
        co_await work.until_done_more(50);
        const auto failed_before = work.told.failed();
        BOOST_OUTCOME_CO_TRY(const auto away, co_await asio::co_spawn(blocking, restart(server, time), asio::use_awaitable));
        co_await work.until_all_succeed();
        const auto failed = work.told.failed() - failed_before;
        EXPECT_LE(work.most_failures(), most.of_one_client) << "in restart " << time;
        EXPECT_LE(failed, most.in_all) << "in restart " << time;

        using ms = std::chrono::duration<double, std::milli>;
        const ms gone = away.ended - away.began, first = work.first_success_after(away.began) - away.ended;
        std::cout << "restart " << time << ": away for " << gone.count() << " ms, first success "
                  << std::max(0.0, first.count()) << " ms later, " << failed << " statements failed\n";
    }
    co_await work.stop();
    std::cout << work.told.summary() << '\n';
    libpq_session judge(server.dsn());
    work.told.compare(judge, "none"); // no statement is in flight, nor was one given up
    co_return pgcoro::success();
}

ephemeral_server make_server() {
    auto server = ephemeral_server::create().value();
    server.run_sql(reports::table).value();
    return server;
}

void restart_under_pool(int times) {
    auto server = make_server();
    with_loaded_pool(server, [&](pgcoro::pool& db) {
        return restart_under_load(db, server, times, {.of_one_client = connections, .in_all = connections});
    });
}

void restart_under_multiplexer(int times) {
    auto server = make_server();
    with_loaded_multiplexer(server, [&](pgcoro::multiplexer& db) {
        return restart_under_load(db, server, times, {.of_one_client = lanes, .in_all = lanes * clients});
    });
}

TEST(restarted_server, costs_a_pool_at_most_a_statement_for_each_connection) { restart_under_pool(3); }
TEST(restarted_server, costs_the_clients_of_a_multiplexer_at_most_a_statement_for_each_lane) { restart_under_multiplexer(3); }
TEST(slow_restarts, cost_a_pool_at_most_a_statement_for_each_connection) { restart_under_pool(20); }
TEST(slow_restarts, cost_the_clients_of_a_multiplexer_at_most_a_statement_for_each_lane) { restart_under_multiplexer(20); }

} // namespace
