// SPDX-License-Identifier: BSL-1.0
// A pointer to constant characters where SQL is wanted.
// expect first: SQL is a string literal or a constexpr char array .not a pointer, not a string.

#include <pgcoro/connection.hpp>
#include <pgcoro/types/integer.hpp>

#ifdef PGCORO_CONTROL
constexpr char text[] = "select 1";
#else
constexpr const char* text = "select 1";
#endif

pgcoro::task<int> run(pgcoro::connection& c) { co_return co_await c.fetch_one<int>(text); }
