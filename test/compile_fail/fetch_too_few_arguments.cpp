// SPDX-License-Identifier: BSL-1.0
// A connection's statements are counted like any `sql`.
// expect: pgcoro_too_few_arguments_for_the_placeholders_of_this_sql

#include <pgcoro/connection.hpp>
#include <pgcoro/types.hpp>

void run(pgcoro::connection& c) {
#ifdef PGCORO_CONTROL
    static_cast<void>(c.fetch_one<int>("select $1::int + $2", 1, 2));
#else
    static_cast<void>(c.fetch_one<int>("select $1::int + $2", 1));
#endif
}
