// SPDX-License-Identifier: BSL-1.0
// An array that is filled at run time where SQL is wanted.
// expect: constant expression

#include <pgcoro/sql.hpp>

template <class... Args>
void execute(pgcoro::sql<Args...>, Args&&...) {}

void run(char (&text)[16]) {
    text[0] = '\0';
#ifdef PGCORO_CONTROL
    execute("select 1");
#else
    execute(text);
#endif
}
