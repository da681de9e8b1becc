// SPDX-License-Identifier: BSL-1.0
// pgcoro as its users write it: coroutines on one thread.
#pragma once

#include "../client.hpp"
#include "../rows.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <functional>
#include <string>

namespace bench::peers {

using awaitable = boost::asio::awaitable<void>;

/// Runs as many coroutines to their end, which get their number.
inline void run_tasks(boost::asio::io_context& context, int tasks, const std::function<awaitable(int)>& task) {
    int running = tasks;
    for (int i = 0; i != tasks; ++i) {
        boost::asio::co_spawn(context, task(i), [&](std::exception_ptr e) {
            if (e) {
                std::rethrow_exception(e);
            }
            if (--running == 0) {
                context.stop(); // an open pool would keep it running
            }
        });
    }
    context.run();
    context.restart();
}

/// Connects, and runs one coroutine with the connection.
inline void with_connection(const options& o, const std::function<awaitable(pgcoro::connection&)>& work) {
    boost::asio::io_context context(1);
    run_tasks(context, 1, [&](int) -> awaitable {
        auto opened = co_await pgcoro::connect(o.dsn);
        co_await work(opened.value());
    });
}

void tasks_over_connections(const options& o, measurement& m, int connections, int tasks);
void tasks_over_a_pool(const options& o, measurement& m);
void connect_and_close(const options& o, measurement& m);

void thousand_rows(const options& o, measurement& m);
void stream_rows(const options& o, measurement& m);
void whole_result(const options& o, measurement& m);

void copy_rows(const options& o, measurement& m);
void insert_rows(const options& o, measurement& m);
void insert_batches(const options& o, measurement& m);

} // namespace bench::peers
