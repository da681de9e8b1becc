// SPDX-License-Identifier: BSL-1.0
// Reads the schema of an SQLite database.
#pragma once

#include "database.hpp"
#include "schema.hpp"

#include <pgcoro/result.hpp>

#include <string>
#include <vector>

namespace migrate::sqlite {

/// `only`: names of tables; empty: all. Rows that refer to none are looked for, so that a foreign key that cannot be is known
/// now.
pgcoro::result<schema> read_catalogue(database& db, const std::vector<std::string>& only);

} // namespace migrate::sqlite
