// SPDX-License-Identifier: BSL-1.0
// Where mapping rules come from: a TOML file and the command line.
#pragma once

#include "migration_plan.hpp"

#include <pgcoro/result.hpp>

#include <string>
#include <string_view>

namespace migrate {

/// Adds the rules of a file's text:
///
///     schema = "shop"
///     skip = ["audit"]
///     [columns]
///     "orders.total" = "numeric(12,2)"
///     [types]
///     "tinyint(1)" = "boolean"
///
/// Errors: `failure::wrong_usage`, with file, line and column.
pgcoro::result<> add_rules(mapping_rules& rules, std::string_view toml, const std::string& file);
/// Adds "table.column=type". Errors: `failure::wrong_usage`.
pgcoro::result<> add_rule(mapping_rules& rules, std::string_view option);

} // namespace migrate
