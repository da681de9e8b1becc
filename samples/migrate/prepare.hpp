// SPDX-License-Identifier: BSL-1.0
// What a migration does before any rows: looks at the target, makes the tables, and tries everything else on them.
#pragma once

#include "bookkeeping.hpp"
#include "common/journal.hpp"
#include "migration_plan.hpp"
#include "run.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>

#include <optional>
#include <string>

namespace migrate {

/// Runs a statement; its name comes first in an error.
pgcoro::task<> execute(pgcoro::transaction& tx, const statement& s);

/// Makes the tables, unless an earlier run did, which is then given. `snapshot` is that of the source. Errors:
/// `failure::target_not_empty`, `mixed_snapshots` and `cannot_map` have changed nothing.
pgcoro::task<std::optional<earlier_run>> prepare_target(pgcoro::connection& db, const migration_plan& plan,
                                                        const run_options& options, const std::string& snapshot,
                                                        common::journal& j);

} // namespace migrate
