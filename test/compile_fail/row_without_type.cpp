// SPDX-License-Identifier: BSL-1.0
// A row with a member that no column can be read into.
// expect first: pgcoro: this type cannot be read from a column: include its header

#include <pgcoro/row.hpp>
#include <pgcoro/types.hpp>

struct row {
    int id;
#ifdef PGCORO_CONTROL
    std::string name;
#else
    void* name;
#endif
};

pgcoro::error run(pgcoro::detail::result_view result, std::vector<row>& out) {
    return pgcoro::detail::decode_rows(result, out);
}
