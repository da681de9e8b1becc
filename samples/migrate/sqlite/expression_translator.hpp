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

struct typed_column {
    std::string name;
    std::string type; // of PostgreSQL
};

/// Of a generated column, which must give the same values as SQLite for all rows: sums and products of numbers, and texts one
/// after the other. lower, upper and length differ outside of ASCII, and conditions are numbers to SQLite.
expression translate_generated(std::string_view sql, std::string_view declared_type, const std::vector<typed_column>& columns);

/// Of a default, which the type can have as it is. `type`: of the column at the source, as it is declared.
expression translate_default(std::string_view sql, std::string_view declared_type);

} // namespace migrate::sqlite
