// SPDX-License-Identifier: BSL-1.0
// Reads the schema of a PostgreSQL database.
#pragma once

#include "schema.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

#include <string>
#include <vector>

namespace migrate {

/// Everything but what belongs to the system or to an extension. `search_path` must be empty, so that definitions name schemas.
/// `only`: tables, "schema.name" or "name"; empty: all.
pgcoro::task<schema> read_catalogue(pgcoro::transaction& tx, const std::vector<std::string>& only);

} // namespace migrate
