// SPDX-License-Identifier: BSL-1.0
// A pointer to characters where SQL is wanted.
// expect first: SQL is a string literal or a constexpr char array .*pgcoro::unchecked_sql

#include <pgcoro/sql.hpp>

template <class... Args>
void execute(pgcoro::sql<Args...>, Args&&...) {}

void run([[maybe_unused]] const char* text) {
#ifdef PGCORO_CONTROL
    execute("select 1");
#else
    execute(text);
#endif
}
