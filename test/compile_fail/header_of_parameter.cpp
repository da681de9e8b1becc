// SPDX-License-Identifier: BSL-1.0
// A number as a parameter without the header of its family.
// expect first: error: static assertion failed.*pgcoro: this type cannot be sent as a parameter: include its header

#include <pgcoro/connection.hpp>
#ifdef PGCORO_CONTROL
#include <pgcoro/types/floating_point.hpp>
#endif

void run(pgcoro::connection& c) { static_cast<void>(c.execute("select $1", 1.5)); }
