// SPDX-License-Identifier: BSL-1.0
// A task<> that ends without `co_return`.
// expect first: error: non-void coroutine does not return a value
// flags: -Werror=return-type
// only with: Clang

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>

pgcoro::task<> run(pgcoro::connection& c) {
    BOOST_OUTCOME_CO_TRY(co_await c.execute("delete from t"));
#ifdef PGCORO_CONTROL
    co_return pgcoro::success();
#endif
}
