// SPDX-License-Identifier: BSL-1.0
// A row for `execute_many` has another number of members than the statement has placeholders.
// expect: pgcoro_too_few_arguments_for_the_placeholders_of_this_sql

#include <pgcoro/connection.hpp>
#include <pgcoro/types.hpp>

#include <tuple>
#include <vector>

void run(pgcoro::connection& c) {
#ifdef PGCORO_CONTROL
    const std::vector<std::tuple<int, int>> rows;
#else
    const std::vector<std::tuple<int>> rows;
#endif
    static_cast<void>(c.execute_many("insert into t values ($1, $2)", rows));
}
