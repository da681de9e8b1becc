// SPDX-License-Identifier: BSL-1.0
// What users leave out of a migration, by name.
#pragma once

#include "migration_plan.hpp"

#include <pgcoro/result.hpp>

#include <string>
#include <vector>

namespace migrate {

/// The names by which `leave_out` knows a column's default and its generation. A partition is generated as its table is.
std::vector<std::string> expressions_of(const migration_plan& plan, const table_plan& t, const column_plan& c);

/// Leaves out statements that come after the data, by their names: "index shop.by_day". Nothing of ddl.hpp gives them any
/// more. Or a column's expression, with those that partitions have from it: "default shop.orders.day". Errors:
/// `failure::wrong_usage` if there is none of that name.
pgcoro::result<> leave_out(migration_plan& plan, const std::vector<std::string>& names);

} // namespace migrate
