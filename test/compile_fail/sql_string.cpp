// SPDX-License-Identifier: BSL-1.0
// Text made at run time where SQL is wanted.
// expect first: SQL is a string literal or a constexpr char array .*pgcoro::unchecked_sql

#include <pgcoro/sql.hpp>

#include <string>

template <class... Args>
void execute(pgcoro::sql<Args...>, Args&&...) {}
void execute(pgcoro::unchecked_sql) {}

void run(const std::string& text) {
#ifdef PGCORO_CONTROL
    execute(pgcoro::unchecked_sql(text));
#else
    execute(text);
#endif
}
