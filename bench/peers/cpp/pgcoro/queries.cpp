// SPDX-License-Identifier: BSL-1.0
// Single rows by primary key, over one connection, several or a pool; and connecting.
#include "client.hpp"

#include <pgcoro/pool.hpp>

#include <vector>

namespace bench::peers {
namespace {

template <class Database>
awaitable ask(Database& db, measurement& m) {
    account_numbers accounts;
    clock::time_point began;
    do {
        began = clock::now();
        const auto account = accounts.next();
        const auto balance = co_await db.template fetch_one<std::int32_t>(balance_sql, account);
        require(balance.value() == balance_of(account), "another balance");
    } while (m.done(began));
}

} // namespace

void tasks_over_connections(const options& o, measurement& m, int connections, int tasks) {
    boost::asio::io_context context(1);
    std::vector<pgcoro::connection> all;
    run_tasks(context, 1, [&](int) -> awaitable {
        for (int i = 0; i != connections; ++i) {
            auto opened = co_await pgcoro::connect(o.dsn);
            all.push_back(std::move(opened).value());
        }
    });
    run_tasks(context, tasks, [&](int number) { return ask(all[static_cast<std::size_t>(number % connections)], m); });
}

void tasks_over_a_pool(const options& o, measurement& m) {
    boost::asio::io_context context(1);
    pgcoro::pool_options options;
    options.max_size = 10;
    pgcoro::pool db(context.get_executor(), o.dsn, options);
    run_tasks(context, 1000, [&](int) { return ask(db, m); });
}

void connect_and_close(const options& o, measurement& m) {
    boost::asio::io_context context(1);
    const pgcoro::connect_config config(o.dsn);
    run_tasks(context, 1, [&](int) -> awaitable {
        clock::time_point began;
        do {
            began = clock::now();
            auto opened = co_await pgcoro::connect(config);
            const auto one = co_await opened.value().fetch_one<std::int32_t>("select 1");
            require(one.value() == 1, "another number");
        } while (m.done(began));
    });
}

} // namespace bench::peers
