// SPDX-License-Identifier: BSL-1.0
// An argument of a type PostgreSQL has no counterpart of.
// expect first: error: static assertion failed.*pgcoro: this type cannot be sent as a parameter: include its header

#include <pgcoro/parameters.hpp>
#include <pgcoro/types.hpp>

struct point {
    int x, y;
};

void run(pgcoro::parameters& list, [[maybe_unused]] point p) {
#ifdef PGCORO_CONTROL
    list.push_back(p.x);
#else
    list.push_back(p);
#endif
}
