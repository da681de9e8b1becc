// SPDX-License-Identifier: BSL-1.0
// What is wrong with the rows that a batch loader was given.
#include <pgcoro/detail/keyed_rows.hpp>
#include <pgcoro/detail/loader_state.hpp>

#include <string>

namespace pgcoro::detail {

error too_few_columns_for_key(int columns, std::size_t parts) {
    return error(errc::column_count_mismatch, "the result has " + std::to_string(columns) + " column" +
                                                  (columns == 1 ? "" : "s") + ", and the key, which comes first, has " +
                                                  std::to_string(parts));
}

error row_without_taker(std::size_t row, bool is_second) {
    const auto where = "row " + std::to_string(row + 1);
    return is_second ? error(errc::too_many_rows, where + " has the key of an earlier row: use pgcoro::many<Row> if a key may "
                                                          "have several")
                     : error(errc::value_out_of_range, where + " has a key that was not asked for: the first columns of the "
                                                               "query must be the key");
}

} // namespace pgcoro::detail
