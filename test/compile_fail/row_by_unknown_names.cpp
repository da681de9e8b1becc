// SPDX-License-Identifier: BSL-1.0
// A struct without known names inside of one that is read by name.
// expect: pgcoro: a struct in a struct that is read by name needs names, too

#include <pgcoro/rows_by_name.hpp>
#include <pgcoro/types.hpp>

#include <boost/describe/class.hpp>

struct part {
    int id;
};
struct row {
    int number;
    part rest;
};
BOOST_DESCRIBE_STRUCT(row, (), (number, rest))
#ifdef PGCORO_CONTROL
BOOST_DESCRIBE_STRUCT(part, (), (id))
#endif

pgcoro::error run(pgcoro::detail::result_view result, std::vector<row>& out) {
    return pgcoro::detail::decode_rows(result, out);
}
