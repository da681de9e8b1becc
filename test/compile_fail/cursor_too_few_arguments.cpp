// SPDX-License-Identifier: BSL-1.0
// A cursor whose query has a placeholder too many, after options.
// expect: pgcoro_too_few_arguments_for_the_placeholders_of_this_sql

#include <pgcoro/cursor.hpp>
#include <pgcoro/types/integer.hpp>

void run(pgcoro::transaction& tx) {
    pgcoro::cursor_options options;
#ifdef PGCORO_CONTROL
    static_cast<void>(tx.cursor<int>(options, "select $1::int + $2::int", 1, 2));
#else
    static_cast<void>(tx.cursor<int>(options, "select $1::int + $2::int", 1));
#endif
}
