// SPDX-License-Identifier: BSL-1.0
// A statement with more placeholders than arguments.
// expect: pgcoro_too_few_arguments_for_the_placeholders_of_this_sql

#include <pgcoro/sql.hpp>

template <class... Args>
void execute(pgcoro::sql<Args...>, Args&&...) {}

int main() {
#ifdef PGCORO_CONTROL
    execute("select $1, $2", 1, 2);
#else
    execute("select $1, $2", 1);
#endif
}
