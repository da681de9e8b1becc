// SPDX-License-Identifier: BSL-1.0
// The result of a task that is awaited and dropped.
// expect first: error: ignoring return value
// flags: -Werror=unused-result
// only with: Clang

#include <pgcoro/result.hpp>

pgcoro::task<> clean_up();

pgcoro::task<> run() {
#ifdef PGCORO_CONTROL
    BOOST_OUTCOME_CO_TRY(co_await clean_up());
#else
    co_await clean_up();
#endif
    co_return pgcoro::success();
}
