// SPDX-License-Identifier: BSL-1.0
// A statement handed to BOOST_OUTCOME_CO_TRY without `co_await`.
// expect first: pgcoro: co_await is missing: an operation or a task returns its result only when it is awaited

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>

pgcoro::task<int> run(pgcoro::connection& c) {
#ifdef PGCORO_CONTROL
    BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<int>("select 1"));
#else
    BOOST_OUTCOME_CO_TRY(auto n, c.fetch_one<int>("select 1"));
#endif
    co_return n;
}
