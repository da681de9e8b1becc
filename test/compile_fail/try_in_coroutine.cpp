// SPDX-License-Identifier: BSL-1.0
// BOOST_OUTCOME_TRY in a coroutine. The types in question are Outcome's and Asio's: the words are the compiler's.
// expect: error:.*failure_type.*error:.*did you mean .?co_return

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>

pgcoro::task<int> run(pgcoro::connection& c) {
#ifdef PGCORO_CONTROL
    BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<int>("select 1"));
#else
    BOOST_OUTCOME_TRY(auto n, co_await c.fetch_one<int>("select 1"));
#endif
    co_return n;
}
