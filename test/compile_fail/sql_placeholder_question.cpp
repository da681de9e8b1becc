// SPDX-License-Identifier: BSL-1.0
// Placeholders as ODBC and SQLite write them.
// expect first: pgcoro_this_sql_has_a_question_mark_where_a_placeholder_like_dollar_1_belongs

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>

void run(pgcoro::connection& c) {
#ifdef PGCORO_CONTROL
    static_cast<void>(c.fetch_one<int>("select $1", 1));
#else
    static_cast<void>(c.fetch_one<int>("select ?", 1));
#endif
}
