// SPDX-License-Identifier: BSL-1.0
// A statement the server would see the first part of only.
// expect: pgcoro_this_sql_contains_a_nul_character

#include <pgcoro/sql.hpp>

#ifdef PGCORO_CONTROL
constexpr pgcoro::sql<> statement = "delete from t where x";
#else
constexpr pgcoro::sql<> statement = "delete from t\0 where x";
#endif
