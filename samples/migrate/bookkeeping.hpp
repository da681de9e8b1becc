// SPDX-License-Identifier: BSL-1.0
// What an earlier run has done, as the target knows it: the schema pgcoro_migrate, which is there until a migration is
// complete.
#pragma once

#include "ddl.hpp"
#include "source.hpp"
#include "table_sums.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace migrate {

struct done_step {
    std::string snapshot; // of the source, for a table
    std::int64_t rows = 0;
    /// As the source computed them on the way, if it did.
    std::optional<table_sums> sums;
    std::vector<replaced_values> replaced;
};

struct earlier_run {
    std::string plan; // the fingerprint of what it made
    std::map<std::string, done_step> steps;
};

/// Waits until no other migration into this database is running, and the sessions of a killed one have ended. The lock lasts as
/// long as the session. Errors: `failure::busy`.
pgcoro::task<> lock_target(pgcoro::connection& db, std::chrono::seconds patience);
/// To be called in every session that works for a migration.
pgcoro::task<> join_migration(pgcoro::connection& db);

/// Nothing, if there was no run that is not complete.
pgcoro::task<std::optional<earlier_run>> find_earlier_run(pgcoro::connection& db);
/// Begins: in the transaction that makes the objects. `made` says how to undo that.
pgcoro::task<> begin_run(pgcoro::transaction& tx, const std::string& plan, const std::vector<statement>& made);
/// Remembers how to undo more, in the transaction that makes it.
pgcoro::task<> add_made(pgcoro::transaction& tx, const std::vector<statement>& made);
/// In the transaction of the step itself, so that both are there, or neither.
pgcoro::task<> mark_done(pgcoro::transaction& tx, const std::string& step, const done_step& how);
/// Drops the bookkeeping alone. A role that may not create schemas keeps the one that was created for it.
pgcoro::task<> drop_bookkeeping(pgcoro::transaction& tx);
/// Makes all durable, and drops the bookkeeping: the migration is complete.
pgcoro::task<> end_run(pgcoro::connection& db);

/// Tells plans apart: a run must not continue what another plan has begun.
std::string fingerprint(const std::vector<statement>& statements);

} // namespace migrate
