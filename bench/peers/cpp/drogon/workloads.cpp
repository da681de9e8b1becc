// SPDX-License-Identifier: BSL-1.0
#include "client.hpp"

#include "../rows.hpp"
#include "../timestamps.hpp"

#include <drogon/orm/DbClient.h>
#include <drogon/utils/coroutine.h>

#include <algorithm>
#include <latch>
#include <memory>

namespace bench::peers {
namespace {

namespace orm = drogon::orm;
using task = drogon::Task<>;

/// Runs as many coroutines and waits for their end.
template <class Start>
void run_tasks(int tasks, Start start) {
    std::latch running(tasks);
    std::exception_ptr failure;
    for (int i = 0; i != tasks; ++i) {
        drogon::async_run([&]() -> task {
            try {
                co_await start();
            } catch (...) {
                failure = std::current_exception();
            }
            running.count_down();
        });
    }
    running.wait();
    if (failure) {
        std::rethrow_exception(failure);
    }
}

// From then on, coroutines run on the client's loop.
void wait_until_connected(const orm::DbClientPtr& db) {
    run_tasks(1, [&]() -> task { co_await db->execSqlCoro("select 1"); });
}

task ask(orm::DbClientPtr db, measurement& m) {
    account_numbers numbers;
    clock::time_point began;
    do {
        began = clock::now();
        const auto account = numbers.next();
        const auto result = co_await db->execSqlCoro(balance_sql, account);
        require(result[0][0].as<std::int32_t>() == balance_of(account), "another balance");
    } while (m.done(began));
}

std::vector<item> read_items(const orm::Result& result) {
    std::vector<item> items;
    items.reserve(result.size());
    for (const auto& row : result) {
        items.push_back({
            .id = row[0].as<std::int64_t>(),
            .quantity = row[1].as<std::int32_t>(),
            .price = row[2].as<double>(),
            .name = row[3].as<std::string>(),
            .created_at = read_timestamp(row[4].as<std::string_view>()),
        });
    }
    return items;
}

task insert(orm::DbClientPtr db, std::int64_t number) {
    const item i = make_item(number);
    co_await db->execSqlCoro(insert_sql, i.id, i.quantity, i.price, i.name, write_timestamp(i.created_at));
}

/// INSERTs of these rows, all in flight at once.
void insert_all(const orm::DbClientPtr& db, std::int64_t first, std::int64_t rows) {
    std::int64_t next = first;
    run_tasks(static_cast<int>(rows), [&] { return insert(db, next++); });
}

} // namespace

void tasks_over_client(const options& o, measurement& m, int connections, int tasks, bool pipelined) {
    const auto db = orm::DbClient::newPgClient(o.dsn, static_cast<std::size_t>(connections), pipelined);
    wait_until_connected(db);
    run_tasks(tasks, [&] { return ask(db, m); });
}

void thousand_rows(const options& o, measurement& m) {
    const auto db = orm::DbClient::newPgClient(o.dsn, 1);
    run_tasks(1, [&]() -> task {
        clock::time_point began;
        do {
            began = clock::now();
            const auto items = read_items(co_await db->execSqlCoro(thousand_sql));
            require(items.size() == thousand && items.back().id == thousand, "other rows");
        } while (m.done(began));
    });
}

void whole_result(const options& o, measurement& m) {
    const auto db = orm::DbClient::newPgClient(o.dsn, 1);
    wait_until_connected(db);
    run_tasks(1, [&]() -> task {
        m.begin();
        std::int64_t sum = 0;
        const auto items = read_items(co_await db->execSqlCoro(many_rows_sql(o.count)));
        for (const item& i : items) {
            sum += i.id;
        }
        m.end(o.count);
        require(sum == sum_of_ids(o.count), "other rows");
    });
}

void insert_rows(const options& o, measurement& m) {
    const auto db = orm::DbClient::newPgClient(o.dsn, 1, true);
    wait_until_connected(db);
    m.begin();
    for (std::int64_t first = 1; first <= o.count; first += inserts_a_turn) {
        insert_all(db, first, std::min<std::int64_t>(inserts_a_turn, o.count + 1 - first));
    }
    m.end(o.count);
}

void insert_batches(const options& o, measurement& m) {
    const auto db = orm::DbClient::newPgClient(o.dsn, 1, true);
    std::int64_t next = 1;
    clock::time_point began;
    do {
        began = clock::now();
        insert_all(db, next, batch_size);
        next += batch_size;
    } while (m.done(began, batch_size));
}

} // namespace bench::peers
