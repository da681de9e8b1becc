// SPDX-License-Identifier: BSL-1.0
// The query that reads a table.
#pragma once

#include "plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migrate::mariadb {

struct select_query {
    std::string sql;
    /// For each column of the plan: the column of the result that is 0 if the server could not convert the value to UTF-8. It
    /// does not say so otherwise, and gives question marks.
    std::vector<std::optional<std::size_t>> is_complete;
};

select_query make_select(const table_plan& plan);

} // namespace migrate::mariadb
