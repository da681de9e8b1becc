// SPDX-License-Identifier: BSL-1.0
// What may be few or many of. A "query" of each subject is one of these things, so that `measure` gives what one of them costs.
#pragma once

#include "../harness.hpp"

#include <memory>
#include <string>

namespace bench::growth {

/// Columns of a result: int4 values of ten rows, read from a rowset.
std::unique_ptr<subject> make_columns(const std::string& conninfo);

/// Parameters of a statement: int4 values.
std::unique_ptr<subject> make_parameters(const std::string& conninfo);

/// Connections that are open at once: each is made, runs a statement when all are open, and is closed.
std::unique_ptr<subject> make_connections(const std::string& conninfo);

/// Statements in flight on one connection, each of a coroutine that is started for it.
std::unique_ptr<subject> make_in_flight(const std::string& conninfo);

/// Different prepared statements on one connection, three times each.
std::unique_ptr<subject> make_statements(const std::string& conninfo);

} // namespace bench::growth
