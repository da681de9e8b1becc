// SPDX-License-Identifier: BSL-1.0
// Placeholders begin with $1.
// expect: pgcoro_this_sql_has_a_placeholder_number_out_of_range

#include <pgcoro/sql.hpp>

template <class... Args>
void execute(pgcoro::sql<Args...>, Args&&...) {}

int main() {
#ifdef PGCORO_CONTROL
    execute("select $1", 1);
#else
    execute("select $0", 1);
#endif
}
