// SPDX-License-Identifier: BSL-1.0
// From types as SQLite declares them to PostgreSQL's.
#pragma once

#include "plan.hpp"

#include <pgcoro/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace migrate::sqlite {

/// By SQLite's rules of affinity, and by names that SQLite itself does not know: "BOOLEAN", "DATETIME", "UUID", "JSON", ...
std::string postgres_type(std::string_view declared);

/// The mapping to that type, or to `wanted`.
pgcoro::result<column_mapping> map_type(std::string_view declared, const std::optional<std::string>& wanted);

} // namespace migrate::sqlite
