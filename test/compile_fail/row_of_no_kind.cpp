// SPDX-License-Identifier: BSL-1.0
// A row type that is neither scalar, tuple, struct nor described.
// expect first: this type can be read neither from a column nor from a row

#include <pgcoro/row.hpp>
#include <pgcoro/types.hpp>

class row {
public:
#ifndef PGCORO_CONTROL
    row() {}
#endif
    int id;
};

pgcoro::error run(pgcoro::detail::result_view result, std::vector<row>& out) {
    return pgcoro::detail::decode_rows(result, out);
}
