// SPDX-License-Identifier: BSL-1.0
// Asks a server for the plan of a statement whose parameters have no values.
#pragma once

#include "observers/slow_statements.hpp"

#include <pgcoro/connection.hpp>

#include <string>

namespace pgcoro::observers {

/// In a transaction that is rolled back. `name` is for a prepared statement, of which nothing is left. The arguments must live
/// until it is done.
task<std::string> explain_statement(connection& db, const slow_statement& slow, const slow_query_plans_options& options,
                                    const std::string& name);

} // namespace pgcoro::observers
