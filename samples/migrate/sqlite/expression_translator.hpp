// SPDX-License-Identifier: BSL-1.0
// From SQLite's expressions to PostgreSQL's, where they mean the same.
#pragma once

#include "schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace migrate::sqlite {

/// Of checks, indexes and generated columns. `columns`: those that may be named. Others, and operators and functions that
/// differ (LIKE, which knows no case, or strftime), make `postgres` empty.
expression translate(std::string_view sql, const std::vector<std::string>& columns);

/// Of a default. `type`: of the column at the source, as it is declared.
expression translate_default(std::string_view sql, std::string_view declared_type);

} // namespace migrate::sqlite
