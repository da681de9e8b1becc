// SPDX-License-Identifier: BSL-1.0
// A statement that never uses one of its arguments.
// expect: pgcoro_the_placeholder_numbers_of_this_sql_have_a_gap

#include <pgcoro/sql.hpp>

template <class... Args>
void execute(pgcoro::sql<Args...>, Args&&...) {}

int main() {
#ifdef PGCORO_CONTROL
    execute("select $1, $2, $3", 1, 2, 3);
#else
    execute("select $1, $3, $3", 1, 2, 3);
#endif
}
