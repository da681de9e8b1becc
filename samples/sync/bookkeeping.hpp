// SPDX-License-Identifier: BSL-1.0
// What a target knows of itself: a row of pgcoro_sync.targets in its own database, which changes in the same transactions as
// the tables do. So each change is applied exactly once, whatever is killed.
#pragma once

#include "target_status.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/replication_events.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>
#include <pgcoro/types/identifiers.hpp>

#include <optional>
#include <string>

namespace data_sync {

struct kept_state {
    std::string source_system; ///< `pgcoro::system_identity::identifier`
    std::string source_database;
    bool is_copied = false;
    pgcoro::lsn position;
    sync_counts counts;
};

/// For the command `status`, from another session.
struct kept_status {
    bool is_copied = false;
    pgcoro::lsn position;
    std::int64_t transactions = 0;
    std::int64_t changes = 0;
    std::int64_t conflicts = 0;
    std::optional<std::string> stopped_because;
    std::optional<std::string> committed_at; ///< the source's last transaction that is applied
    double seconds_ago = 0;                  ///< since the row was written
};

/// No other session has the same slot's target until this one ends. Errors: `failure::busy`.
pgcoro::task<> lock_target(pgcoro::connection& db, std::string slot);

/// Creates the table if there is none.
pgcoro::task<> prepare_bookkeeping(pgcoro::connection& db);
/// Nothing if there is no such row, or no table.
pgcoro::task<std::optional<kept_state>> read_state(pgcoro::connection& db, std::string slot);
pgcoro::task<std::optional<kept_status>> read_status(pgcoro::connection& db, std::string slot);

/// Writes down that a copy begins, which is of no use until it ends.
pgcoro::task<> begin_copy(pgcoro::connection& db, std::string slot, std::string system, std::string database);
pgcoro::task<> end_copy(pgcoro::connection& db, std::string slot, pgcoro::lsn position);

/// Moves the position in the transaction that has applied what is in between. Its tag counts one row, or none if somebody else
/// has moved it.
pgcoro::operation<pgcoro::command_tag> move_position(pgcoro::transaction& tx, const std::string& slot, pgcoro::lsn from,
                                                     pgcoro::lsn to, std::optional<pgcoro::replication::time_point> time,
                                                     const sync_counts& more);

/// For people: why it stopped, or that it goes on.
pgcoro::task<> write_reason(pgcoro::connection& db, std::string slot, std::optional<std::string> reason);

/// Removes the row, and table and schema if that was the last one.
pgcoro::task<> remove_state(pgcoro::connection& db, std::string slot);

} // namespace data_sync
