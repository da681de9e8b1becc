// SPDX-License-Identifier: BSL-1.0
// The value of a statement without `co_await`.
// expect first: pgcoro: co_await is missing: an operation or a task returns its result only when it is awaited

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>

pgcoro::task<int> run(pgcoro::connection& c) {
#ifdef PGCORO_CONTROL
    auto made = co_await c.fetch_one<int>("select 1");
#else
    auto made = c.fetch_one<int>("select 1");
#endif
    co_return made.value();
}
