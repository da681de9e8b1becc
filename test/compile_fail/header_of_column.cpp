// SPDX-License-Identifier: BSL-1.0
// A number read from a column without the header of its family.
// expect first: pgcoro: this type can be read neither from a column nor from a row: include its header

#include <pgcoro/connection.hpp>
#ifdef PGCORO_CONTROL
#include <pgcoro/types/floating_point.hpp>
#endif

void run(pgcoro::connection& c) { static_cast<void>(c.fetch_one<double>("select 1.5::float8")); }
