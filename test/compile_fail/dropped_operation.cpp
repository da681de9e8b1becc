// SPDX-License-Identifier: BSL-1.0
// A statement that is neither awaited nor started. Every compiler sees this one.
// expect first: error: ignoring return
// flags: -Werror=unused-result

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>

pgcoro::task<> run(pgcoro::connection& c) {
#ifdef PGCORO_CONTROL
    BOOST_OUTCOME_CO_TRY(co_await c.execute("delete from t"));
#else
    c.execute("delete from t");
#endif
    co_return pgcoro::success();
}
