// SPDX-License-Identifier: BSL-1.0
// A loop, and a pool, for each core: no lock, no strand, and nothing one thread has to ask another. Each runs many coroutines,
// which share the connections of their own thread.
//
// usage: thread_per_core [CONNINFO [THREADS]]    without CONNINFO it starts a throwaway PostgreSQL, and takes it away again
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr int coroutines_per_thread = 200;
constexpr int queries_per_coroutine = 25;

pgcoro::task<> ask(pgcoro::pool& db, int who) {
    for (int n = 0; n < queries_per_coroutine; ++n) {
        BOOST_OUTCOME_CO_TRY(auto sum, co_await db.fetch_one<int>("select $1 + $2", who, n));
        if (sum != who + n) {
            co_return pgcoro::error(pgcoro::errc::malformed_value);
        }
    }
    co_return pgcoro::success();
}

/// What one thread does. Its pool goes before its loop does.
pgcoro::task<> serve(std::string where, std::size_t connections) {
    const auto executor = co_await asio::this_coro::executor;
    pgcoro::pool_options options;
    options.max_size = connections;
    pgcoro::pool db(executor, where, options);
    BOOST_OUTCOME_CO_TRY(co_await db.open());

    using one = decltype(asio::co_spawn(executor, ask(db, 0), asio::deferred));
    std::vector<one> all;
    for (int who = 0; who < coroutines_per_thread; ++who) {
        all.push_back(asio::co_spawn(executor, ask(db, who), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(all));
    auto done = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& outcome : std::get<2>(done)) {
        BOOST_OUTCOME_CO_TRY(outcome);
    }
    BOOST_OUTCOME_CO_TRY(co_await db.close(5s));
    co_return pgcoro::success();
}

int run(const std::string& where, std::size_t threads) {
    // The server has processes, not coroutines: a few for each core of its are enough, however many ask.
    constexpr std::size_t all_connections = 8;
    const auto connections = std::max<std::size_t>(1, all_connections / threads);
    std::vector<pgcoro::result<>> outcomes(threads);
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> workers;
    for (auto& outcome : outcomes) {
        workers.emplace_back([&] { outcome = pgcoro::run(serve(where, connections)); }); // a loop for each thread
    }
    for (auto& worker : workers) {
        worker.join();
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    for (const auto& outcome : outcomes) {
        if (!outcome) {
            std::cerr << "thread_per_core failed: " << outcome.error() << '\n';
            return EXIT_FAILURE;
        }
    }
    const auto queries = threads * coroutines_per_thread * queries_per_coroutine;
    std::cout << queries << " queries of " << threads * coroutines_per_thread << " coroutines on " << threads << " threads, "
              << connections << " connections each: " << static_cast<long>(static_cast<double>(queries) / took.count())
              << " queries/s\n";
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
    const std::size_t threads = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : std::thread::hardware_concurrency();
    if (argc > 1) {
        return run(argv[1], std::max<std::size_t>(threads, 1));
    }
    auto server = pgcoro::testing::ephemeral_server::create();
    if (!server) {
        std::cerr << server.error() << '\n';
        return EXIT_FAILURE;
    }
    return run(server.value().dsn(), std::max<std::size_t>(threads, 1));
}
