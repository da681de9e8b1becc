// SPDX-License-Identifier: BSL-1.0
// The statements of a batch are counted too.
// expect: pgcoro_too_many_arguments_for_the_placeholders_of_this_sql

#include <pgcoro/batch.hpp>
#include <pgcoro/types.hpp>

int main() {
#ifdef PGCORO_CONTROL
    static_cast<void>(pgcoro::execute("insert into t values ($1, $2)", 1, 2));
#else
    static_cast<void>(pgcoro::execute("insert into t values ($1)", 1, 2));
#endif
}
