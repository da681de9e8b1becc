// SPDX-License-Identifier: BSL-1.0
// A statement that ends inside a string.
// expect: pgcoro_this_sql_ends_inside_a_quote_or_comment

#include <pgcoro/sql.hpp>

#ifdef PGCORO_CONTROL
constexpr pgcoro::sql<> statement = "select 'a'";
#else
constexpr pgcoro::sql<> statement = "select 'a";
#endif
