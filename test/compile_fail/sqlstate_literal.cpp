// SPDX-License-Identifier: BSL-1.0
// How a test of this folder is written. It is compiled twice: with PGCORO_CONTROL it must compile, which shows that nothing
// but the lines in question is wrong; without, it must not, and the compiler's output must match the regular expression.
// expect: throw_bad_optional_access

#include <pgcoro/sqlstate.hpp>

using namespace pgcoro::literals;

#ifdef PGCORO_CONTROL
constexpr auto state = "23505"_sqlstate;
#else
constexpr auto state = "2350"_sqlstate; // four characters are no SQLSTATE
#endif
