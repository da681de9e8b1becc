// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/pool.md.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <future>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using tutorial::expect;

namespace {

// [acquire]
pgcoro::task<std::int64_t> sell(pgcoro::pool& db, std::int64_t product) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(auto left, co_await tx.fetch_one<std::int64_t>(
                                        "update products set stock = stock - 1 where id = $1 returning stock", product));
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    co_return left;
} // whatever happened, the connection is returned, and no transaction is open on it
// [/acquire]

pgcoro::task<> first_steps(std::string where) {
    // [make]
    pgcoro::pool db(co_await asio::this_coro::executor, where);
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table products (id bigint, stock bigint)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into products values (1, 10)"));
    BOOST_OUTCOME_CO_TRY(auto stock, co_await db.fetch_one<std::int64_t>("select sum(stock)::int8 from products").within(5s));
    // [/make]
    expect(stock == 10);
    BOOST_OUTCOME_CO_TRY(auto left, co_await sell(db, 1));
    expect(left == 9);

    // [health]
    BOOST_OUTCOME_CO_TRY(auto health, co_await db.health());
    if (!health.is_serving) {
        std::cerr << "no database: " << health.last_connect_error << '\n'; // 503
    }
    BOOST_OUTCOME_CO_TRY(auto counted, co_await db.statistics());
    std::cout << counted.requests_num << " requests, " << counted.wait.quantile(0.99).count()
              << " us to wait at most for 99 %\n";
    // [/health]

    // [close]
    BOOST_OUTCOME_CO_TRY(co_await db.close(10s)); // borrowed connections are closed after ten seconds
    // [/close]
    auto late = co_await db.execute("select 1");
    expect(late.error() == pgcoro::errc::pool_closed);
    co_return pgcoro::success();
}

pgcoro::task<> with_options(std::string where) {
    const auto executor = co_await asio::this_coro::executor;
    // [options]
    pgcoro::pool_options options;
    options.min_size = 2;
    options.max_size = 20;
    options.acquire_timeout = 5s;
    options.on_connect = [](pgcoro::connection& c) -> pgcoro::task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set jit = off"));
        co_return pgcoro::success();
    };
    pgcoro::pool db(executor, where, options);
    BOOST_OUTCOME_CO_TRY(co_await db.open()); // or fails now, with the reason
    // [/options]
    BOOST_OUTCOME_CO_TRY(auto jit, co_await db.fetch_one<std::string>("select current_setting('jit')"));
    expect(jit == "off");
    co_return pgcoro::success();
}

pgcoro::task<> with_reports(std::string where) {
    const auto executor = co_await asio::this_coro::executor;
    // [reports]
    pgcoro::pool_options options;
    options.leak_after = 30s;
    options.hooks.on_leak = [](const pgcoro::borrower_report& r) {
        std::cerr << "kept for " << r.duration.count() << " ms: ";
        if (r.where) {
            std::cerr << r.where->file_name() << ':' << r.where->line() << '\n';
        } else {
            std::cerr << "a statement on the pool, server process " << r.backend_pid << '\n';
        }
    };
    options.hooks.on_connect_failed = [](const pgcoro::error& why, int failures) {
        std::cerr << "attempt " << failures << " to connect failed: " << why << '\n';
    };
    // [/reports]
    pgcoro::pool db(executor, where, options);
    co_return co_await db.open();
}

pgcoro::task<> behind_pgbouncer(std::string where) {
    const auto executor = co_await asio::this_coro::executor;
    // [pgbouncer]
    pgcoro::pool_options options;
    options.behind_pooler = true;
    pgcoro::pool db(executor, where, options);
    // [/pgbouncer]
    BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
    co_return pgcoro::success();
}

pgcoro::task<std::int64_t> count(pgcoro::pool& db) {
    co_return co_await db.fetch_one<std::int64_t>("select count(*) from products");
}

void on_threads(const std::string& where) {
    // [threads]
    asio::thread_pool workers(4);
    pgcoro::pool_options options;
    options.thread_safe = true;
    pgcoro::pool db(workers.get_executor(), where, options);
    auto counting = asio::co_spawn(workers, count(db), asio::use_future); // on any thread, as many as you like
    std::cout << counting.get().value() << '\n';
    db.close()(asio::use_future).get().value();
    workers.join();
    // [/threads]
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(co_await first_steps(where));
    BOOST_OUTCOME_CO_TRY(co_await with_options(where));
    BOOST_OUTCOME_CO_TRY(co_await with_reports(where));
    BOOST_OUTCOME_CO_TRY(co_await behind_pgbouncer(where));
    on_threads(where);
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
