// SPDX-License-Identifier: BSL-1.0
// The settings of replication slots and streams.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/types/identifiers.hpp>

#include <chrono>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace pgcoro {

/// What IDENTIFY_SYSTEM reports about a server.
struct system_identity {
    /// The same for a primary and its standbys; another one for a restored copy that was promoted.
    std::string identifier;
    int timeline = 0;
    /// The current end of its log.
    lsn position;
    std::string database;
};

/// Whether the state of the database at the moment when a slot is created can be read.
enum class slot_snapshot {
    /// It cannot.
    nothing,
    /// Other connections can read it: `set transaction snapshot '...'`, until the connection that has created the slot runs its
    /// next command or is closed. Transactions that have it by then keep it.
    exported,
};

struct slot_options {
    /// Dropped with the connection that created it.
    bool temporary = false;
    /// A prepared transaction arrives when it is prepared, not when it commits.
    bool two_phase = false;
    /// Kept on standbys, too (manual, "Replication Slot Synchronization"). Before PostgreSQL 17: `errc::invalid_configuration`.
    bool failover = false;
    slot_snapshot snapshot = slot_snapshot::nothing;
};

struct slot_info {
    std::string name;
    /// The stream has all transactions that commit from here on.
    lsn consistent_point;
    /// Of `slot_snapshot::exported`.
    std::string snapshot;
};

/// When large transactions arrive (`logical_decoding_work_mem` determines which are large).
enum class stream_large_transactions {
    /// When they commit.
    off,
    /// In blocks, before they commit (PostgreSQL 14).
    on,
    /// The same, with the position of a rollback (PostgreSQL 16).
    parallel,
};

/// The defaults suit most programs.
struct replication_options {
    replication_options() noexcept { backoff.attempts = std::numeric_limits<int>::max(); }

    /// The publications to follow, by name. At least one.
    std::vector<std::string> publications;
    /// The end of the last transaction, or `keepalive`, that the consumer has made durable, as it has stored it. With it, a
    /// slot that is further ahead is detected: `errc::changes_lost`. Not set: the stream begins at the slot's position.
    std::optional<lsn> position;
    /// Requests values in the binary format, where their types have one. False: values arrive as text, which is slower. Values
    /// of bool, numbers, text, bytea, uuid, json, dates and times, and arrays of these, are read as usual. Values of all other
    /// types (interval, inet, macaddr, money, bit, geometry, ranges, composites, regclass and similar types), and arrays of
    /// them, can only be read as text: a row type that reads such a column fails, one that does not read it does not. An array,
    /// a range or a composite of a type that has no binary output requires false. The text is that of DateStyle ISO,
    /// IntervalStyle postgres and extra_float_digits 3, whatever the server's defaults are.
    bool binary = true;
    /// Also what `pg_logical_emit_message` writes.
    bool messages = false;
    stream_large_transactions streaming = stream_large_transactions::off;
    /// Needs a slot with `slot_options::two_phase` (PostgreSQL 15).
    bool two_phase = false;
    /// Leaves out changes that reached the server by replication from another one (PostgreSQL 16).
    bool only_local = false;

    /// The longest interval between reports of the confirmed position to the server; shorter if its `wal_sender_timeout`
    /// requires it.
    std::chrono::milliseconds status_interval{10'000};
    /// The limit of each response of the server, except in `start`, which has its own deadline. A server that sends nothing for
    /// `status_interval` is asked for a sign of life.
    std::chrono::milliseconds answer_timeout{10'000};
    /// The delays between attempts to connect. Default: from 100 ms to 5 s, forever.
    backoff_options backoff;

    /// The connection was lost, or could not be made; it will be tried again. Runs on the stream's executor, and may use the
    /// stream.
    std::function<void(const error& why)> on_lost;
};

} // namespace pgcoro
