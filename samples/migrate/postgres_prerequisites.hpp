// SPDX-License-Identifier: BSL-1.0
// Reads what the tables of a PostgreSQL database need first.
#pragma once

#include "schema.hpp"

#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

#include <cstdint>
#include <map>
#include <set>

namespace migrate {

/// Adds extensions, types and functions in an order in which they can be made, and notes for those that cannot. `names` has all
/// relations by their oids, `tables` are those that are migrated.
pgcoro::task<> read_prerequisites(pgcoro::transaction& tx, const std::map<std::int64_t, object_name>& names,
                                  const std::set<std::int64_t>& tables, schema& into);

} // namespace migrate
