// SPDX-License-Identifier: BSL-1.0
// A task handed to BOOST_OUTCOME_CO_TRY without `co_await`.
// expect first: pgcoro: co_await is missing: an operation or a task returns its result only when it is awaited

#include <pgcoro/result.hpp>

pgcoro::task<int> count();

pgcoro::task<int> run() {
#ifdef PGCORO_CONTROL
    BOOST_OUTCOME_CO_TRY(auto n, co_await count());
#else
    BOOST_OUTCOME_CO_TRY(auto n, count());
#endif
    co_return n;
}
