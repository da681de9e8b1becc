// SPDX-License-Identifier: BSL-1.0
// A statement asked whether it succeeded without `co_await`.
// expect first: pgcoro: co_await is missing: an operation or a task returns its result only when it is awaited

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>

pgcoro::task<int> run(pgcoro::connection& c) {
#ifdef PGCORO_CONTROL
    auto made = co_await c.fetch_one<int>("select 1");
#else
    auto made = c.fetch_one<int>("select 1");
#endif
    if (!made) {
        co_return 0;
    }
    co_return 1;
}
