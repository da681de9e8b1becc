// SPDX-License-Identifier: BSL-1.0
// What a replication stream gives: the messages of PostgreSQL's output plugin pgoutput, decoded.
//
//     for (;;) {
//         BOOST_OUTCOME_CO_TRY(const auto event, co_await stream.next());
//         if (const auto* i = std::get_if<pgcoro::replication::insert>(&event)) {
//             BOOST_OUTCOME_CO_TRY(auto row, i->row.as<customer>());
//             ...
//         } else if (const auto* c = std::get_if<pgcoro::replication::commit>(&event)) {
//             ...                                   // make the changes durable, then
//             stream.confirm(c->end);
//         }
//     }
//
// "PostgreSQL: Frontend/Backend Protocol", "Logical Replication Message Formats".
#pragma once

#include <pgcoro/changed_row.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/types/identifiers.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace pgcoro::replication {

/// Of the server's clock.
using time_point = std::chrono::sys_time<std::chrono::microseconds>;

// The rows and text that the following structs refer to are valid until the stream gives its next event. `table` may be kept.

/// A transaction begins; all changes up to its `commit` belong to it.
struct begin {
    /// Where its commit begins in the log. Transactions come in this order.
    lsn commit;
    time_point time;
    xid id;
};

/// The transaction is complete. Make its changes durable, then `confirm(end)`.
struct commit {
    lsn at;
    /// The position to confirm. Unique, and greater for each further transaction, so it can be used to detect a transaction
    /// that arrives a second time.
    lsn end;
    time_point time;
};

/// The transaction came to this server by replication from another one.
struct origin {
    /// Its commit there.
    lsn at;
    std::string_view name;
};

/// The definition of a table: before its first change in a session, and again after it has changed.
struct relation {
    std::shared_ptr<const replication::table> table;
};

/// A type that is not built in. Only for information: rows know their types.
struct type {
    oid_number oid = oids::unspecified;
    std::string_view schema;
    /// For a domain, the server gives the name of the base type.
    std::string_view name;
};

struct insert {
    std::shared_ptr<const replication::table> table;
    changed_row row;
    /// Of the transaction, or of a subtransaction in it. Set only between `stream_start` and `stream_stop`.
    std::optional<xid> id;
};

/// What is known about a row before an update or a delete.
enum class old_row : unsigned char {
    /// Nothing: the table identifies rows by a key, and the key has not changed.
    none,
    /// The columns of the key. The others were not sent: their `is_sent()` is false.
    key,
    /// The whole row: the table has REPLICA IDENTITY FULL.
    full,
};

struct update {
    std::shared_ptr<const replication::table> table;
    old_row has_old = old_row::none;
    /// Empty if there is none.
    changed_row old;
    changed_row row;
    std::optional<xid> id;
};

struct delete_ {
    std::shared_ptr<const replication::table> table;
    /// `key` or `full`.
    old_row has_old = old_row::key;
    changed_row old;
    std::optional<xid> id;
};

struct truncate {
    std::span<const std::shared_ptr<const replication::table>> tables;
    bool cascade = false;
    bool restart_identity = false;
    std::optional<xid> id;
};

/// A message written by `pg_logical_emit_message`.
struct message {
    /// Whether it is part of the transaction, and arrives only if that commits. Otherwise it stands alone.
    bool is_transactional = false;
    lsn at;
    std::string_view prefix;
    std::span<const std::byte> content;
    std::optional<xid> id;
};

// Two-phase commit: with `slot_options::two_phase` a prepared transaction comes when it is prepared.

/// As `begin`. Ends with `prepare`.
struct begin_prepare {
    lsn prepare;
    lsn end;
    time_point time;
    xid id;
    std::string_view gid;
};
/// The transaction is prepared. Make that durable, then `confirm(end)`.
struct prepare {
    lsn at;
    lsn end;
    time_point time;
    xid id;
    std::string_view gid;
    /// Its changes came in blocks between `stream_start` and `stream_stop`.
    bool was_streamed = false;
};
struct commit_prepared {
    lsn at;
    lsn end;
    time_point time;
    xid id;
    std::string_view gid;
};
struct rollback_prepared {
    lsn prepare_end;
    lsn end;
    time_point prepare_time;
    time_point time;
    xid id;
    std::string_view gid;
};

// Large transactions, with `replication_options::streaming`: they arrive before they commit, in blocks that are interleaved
// with other transactions, and may still be rolled back.

/// The following changes belong to this transaction.
struct stream_start {
    xid id;
    bool is_first = false;
};
struct stream_stop {};
/// As `commit`, for a transaction that came in blocks.
struct stream_commit {
    xid id;
    lsn at;
    lsn end;
    time_point time;
};
/// The transaction, or the subtransaction `part` of it, is rolled back: forget its changes.
struct stream_abort {
    xid id;
    /// The same as `id` if all of it is.
    xid part;
};

/// The published tables have not changed up to this position, and everything before it is confirmed. Arrives from time to time,
/// so that the server need not keep its log while only other tables change. A consumer that stores its position must store this
/// one, too, before it asks for the next event, which confirms it.
struct keepalive {
    lsn end;
};

/// The connection was lost and replaced. A transaction whose `commit` has not arrived is void, and so are all blocks of
/// transactions that were streamed: they arrive again from their start. Whole transactions do not arrive again.
struct restarted {
    error reason;
};

using event = std::variant<begin, commit, insert, update, delete_, truncate, relation, type, origin, message, begin_prepare,
                           prepare, commit_prepared, rollback_prepared, stream_start, stream_stop, stream_commit, stream_abort,
                           keepalive, restarted>;

} // namespace pgcoro::replication
