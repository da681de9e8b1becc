// SPDX-License-Identifier: BSL-1.0
// The rows that are copied without a server, and what a server would say of their columns.
#pragma once

#include "../libpq.hpp"
#include "../workload.hpp"

#include <pgcoro/detail/result_view.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

inline constexpr std::size_t copied_rows = 1000;

inline item copied_item(std::size_t i) {
    const auto number = static_cast<std::int64_t>(i);
    return {number, static_cast<std::int32_t>(number % 100), 0.5 * static_cast<double>(number),
            "item number " + std::to_string(number), postgres_epoch + std::chrono::seconds(number)};
}

inline std::vector<item> copied_items() {
    std::vector<item> items;
    for (std::size_t i = 0; i < copied_rows; ++i) {
        items.push_back(copied_item(i));
    }
    return items;
}

class copied_columns {
public:
    copied_columns() : result_(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK)) {
        char names[][12] = {"id", "quantity", "price", "name", "created_at"};
        PGresAttDesc columns[] = {
            {names[0], 0, 0, 1, 20, 8, -1},  {names[1], 0, 0, 1, 23, 4, -1},   {names[2], 0, 0, 1, 701, 8, -1},
            {names[3], 0, 0, 1, 25, -1, -1}, {names[4], 0, 0, 1, 1184, 8, -1},
        };
        PQsetResultAttrs(result_.get(), 5, columns);
    }
    pgcoro::detail::result_view view() const { return pgcoro::detail::result_view(result_.get()); }

private:
    libpq_result result_;
};

} // namespace bench
