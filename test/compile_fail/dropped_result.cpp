// SPDX-License-Identifier: BSL-1.0
// The result of a statement that is awaited and dropped.
// expect first: error: ignoring return value
// flags: -Werror=unused-result
// only with: Clang

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>

pgcoro::task<> run(pgcoro::connection& c) {
#ifdef PGCORO_CONTROL
    static_cast<void>(co_await c.execute("delete from t"));
#else
    co_await c.execute("delete from t");
#endif
    co_return pgcoro::success();
}
