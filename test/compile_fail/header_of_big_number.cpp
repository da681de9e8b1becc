// SPDX-License-Identifier: BSL-1.0
// A Boost.Multiprecision number without its header.
// expect first: error: static assertion failed.*pgcoro: this type cannot be sent as a parameter: include its header

#include <pgcoro/connection.hpp>
#ifdef PGCORO_CONTROL
#include <pgcoro/types/multiprecision.hpp>
#endif

#include <boost/multiprecision/cpp_int.hpp>

void run(pgcoro::connection& c, const boost::multiprecision::cpp_int& n) { static_cast<void>(c.execute("select $1", n)); }
