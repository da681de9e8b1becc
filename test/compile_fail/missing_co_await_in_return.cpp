// SPDX-License-Identifier: BSL-1.0
// A statement returned in place of its result.
// expect first: pgcoro: co_await is missing: an operation or a task returns its result only when it is awaited

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>

pgcoro::task<int> run(pgcoro::connection& c) {
#ifdef PGCORO_CONTROL
    co_return co_await c.fetch_one<int>("select 1");
#else
    co_return c.fetch_one<int>("select 1");
#endif
}
