// SPDX-License-Identifier: BSL-1.0
// Reads the query of a lookup from the target.
#pragma once

#include "lookup_step.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>

namespace etl {

/// Errors: `failure::bad_pipeline` if two rows of the query have the same key; the server's.
pgcoro::task<> load_lookup(pgcoro::connection& db, lookup_step& lookup);

} // namespace etl
