// SPDX-License-Identifier: BSL-1.0
// A migration from its beginning to its end, and a validation of what is there.
#pragma once

#include "common/journal.hpp"
#include "migration_plan.hpp"
#include "report.hpp"
#include "source.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/result.hpp>

#include <chrono>

namespace migrate {

struct run_options {
    run_options() {}

    pgcoro::connect_config target;
    /// Workers, each with a connection to both sides.
    unsigned jobs = 4;
    /// Drops what an earlier run has made, and begins anew.
    bool restart = false;
    /// Continues an earlier run although the source has changed since: its tables stay as they are.
    bool allow_mixed_snapshots = false;
    bool validate = true;
    bool analyze = true;
    /// How long to wait for another migration.
    std::chrono::seconds patience{60};
};

/// `found` is the schema of the plan: the next values in it become those of the time of the snapshot.
///
/// Errors: `failure`, those of the source and of the servers. After an error the run can be continued by another one, but for
/// `wrong_usage`, `cannot_map`, `target_not_empty` and `mixed_snapshots`: these have changed nothing.
pgcoro::task<report> run_migration(source& from, schema& found, const migration_plan& plan, const run_options& options,
                                   common::journal& j);

/// Compares all tables, and changes nothing.
pgcoro::task<report> run_validation(source& from, const migration_plan& plan, const run_options& options);

} // namespace migrate
