// SPDX-License-Identifier: BSL-1.0
// A row that would look into a result that is gone.
// expect: pgcoro: a view would outlive the result it looks into

#include <pgcoro/row.hpp>
#include <pgcoro/types.hpp>

struct row {
    int id;
#ifdef PGCORO_CONTROL
    std::string name;
#else
    std::string_view name;
#endif
};

pgcoro::error run(pgcoro::detail::result_view result, std::vector<row>& out) {
    return pgcoro::detail::decode_rows(result, out);
}
