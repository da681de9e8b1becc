// SPDX-License-Identifier: BSL-1.0
// What becomes of a column of MariaDB, in the words of a plan.
#pragma once

#include "mariadb/conversion.hpp"
#include "mariadb/default_type.hpp"
#include "mariadb/settings.hpp"
#include "plan.hpp"

#include <pgcoro/result.hpp>

#include <optional>
#include <string>

namespace migrate::mariadb {

/// Errors: `failure::cannot_map`.
pgcoro::result<column_mapping> map_column(const table& t, const column& c, const column_role& role,
                                          const std::optional<std::string>& wanted, const settings& s);

/// How a reader converts the values of a column that has been mapped.
conversion conversion_of(const column_plan& c);

} // namespace migrate::mariadb
