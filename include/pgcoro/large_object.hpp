// SPDX-License-Identifier: BSL-1.0
// Large objects: values of up to 4 TB that are written and read in pieces.
//
//     BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
//     BOOST_OUTCOME_CO_TRY(auto video, co_await pgcoro::import_large_object(tx, "talk.webm"));
//     BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into talks (title, video) values ($1, $2)", title, video));
//     BOOST_OUTCOME_CO_TRY(co_await tx.commit());
//
// The server's manual, "Large Objects", describes them. Nothing counts the references to a large object: when the last row that
// refers to it is deleted, it stays, unless the trigger of the extension `lo`, or an occasional run of the program `vacuumlo`,
// removes it. A bytea column is simpler for values that fit into memory.
#pragma once

#include <pgcoro/detail/large_object_pieces.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/types/bytea.hpp>
#include <pgcoro/types/identifiers.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace pgcoro {

// Common to all of them:
//
// `db` is a connection, a transaction, a pool or a multiplexer. They call SQL functions, in pieces of 256 KiB, with two in
// flight at a time: memory for a few pieces is enough.
// Consistency: only in a transaction are many pieces written as one change, or read in one state. So write in a transaction:
// without one, each piece is committed on its own, and an error leaves the earlier pieces behind. If others may be writing,
// read in a transaction that is at least REPEATABLE READ.
// Errors: the server's, such as `sqlstate::undefined_object` (42704) for an object that does not exist; those common to all
// queries (<pgcoro/queries.hpp>). The first error ends it.
// Lifetimes: `db` must live until the task is done.
// Cancellation: of the task; what is in flight is cancelled as docs/cancellation.md says. On one connection, a piece that the
// server does not accept because it is busy with the piece before it prevents that piece from being cancelled: if this takes
// too long, the connection is closed.
// Thread safety: that of `db`; sources and sinks run on the executor of the coroutine.

/// Gives the next bytes of a large object, which must stay valid until it is called again; none at the end.
using large_object_source = std::function<task<std::span<const std::byte>>()>;
/// Takes the next bytes of a large object, which are valid until its task is done. An error ends the reading.
using large_object_sink = std::function<task<>(std::span<const std::byte>)>;

/// Creates an empty large object.
template <class Db>
operation<object_id> create_large_object(Db& db) {
    return db.template fetch_one<object_id>("select lo_create(0)");
}

/// Writes what `source` gives to `object`, from `offset` on, and gives the number of bytes. Bytes beyond what is written stay;
/// a gap between the old end and `offset` reads as zeros. Offsets that are multiples of 2 048, the server's own unit, are
/// fastest.
///
/// Errors: also those of `source`; `sqlstate::invalid_parameter_value` (22023) beyond 4 TB, or for a negative offset.
template <class Db>
task<std::uint64_t> write_large_object(Db& db, object_id object, large_object_source source, std::int64_t offset = 0) {
    return detail::write_pieces(
        [&db, object](std::int64_t at, std::span<const std::byte> bytes) {
            return db.execute("select lo_put($1, $2, $3)", object, at, bytes);
        },
        std::move(source), offset);
}

/// The same with bytes that are in memory already. They must live until the task is done.
template <class Db>
task<std::uint64_t> write_large_object(Db& db, object_id object, std::span<const std::byte> bytes, std::int64_t offset = 0) {
    return write_large_object(db, object, detail::source_of(bytes), offset);
}

/// Reads `object` to its end, from `offset` on, and gives the number of bytes. (For an object that fits into memory, use
/// `fetch_one<std::vector<std::byte>>("select lo_get($1)", object)`.)
///
/// Errors: also those of `sink`.
template <class Db>
task<std::uint64_t> read_large_object(Db& db, object_id object, large_object_sink sink, std::int64_t offset = 0) {
    return detail::read_pieces(
        [&db, object](std::int64_t at, std::int32_t length) {
            return db.template fetch_one<std::vector<std::byte>>("select lo_get($1, $2, $3)", object, at, length);
        },
        std::move(sink), offset);
}

/// Deletes a large object.
template <class Db>
operation<command_tag> unlink_large_object(Db& db, object_id object) {
    return db.execute("select lo_unlink($1)", object);
}

/// Creates a large object with the contents of a file on this machine. Blocks its thread while it reads, as `copy_from_file`
/// does. After an error outside a transaction, the object is not left behind if the server can still be asked to delete it.
///
/// Errors: also those of the file, as a system error whose message has the path.
template <class Db>
task<object_id> import_large_object(Db& db, std::filesystem::path from) {
    BOOST_OUTCOME_CO_TRY(auto source, detail::file_source(std::move(from)));
    BOOST_OUTCOME_CO_TRY(auto object, co_await create_large_object(db));
    auto written = co_await write_large_object(db, object, std::move(source));
    if (written) {
        co_return object;
    }
    static_cast<void>(co_await unlink_large_object(db, object));
    co_return std::move(written).error();
}

/// Writes a large object to a file on this machine, which appears under its name, or is replaced, when it is complete: see
/// `copy_to_file`. Gives the number of bytes.
///
/// Errors: also those of the file, as a system error whose message has the path.
template <class Db>
task<std::uint64_t> export_large_object(Db& db, object_id object, std::filesystem::path to) {
    BOOST_OUTCOME_CO_TRY(auto file, detail::file_sink::create(std::move(to)));
    auto size = co_await read_large_object(db, object, file.sink());
    if (size) {
        BOOST_OUTCOME_CO_TRY(file.keep());
    }
    co_return size;
}

} // namespace pgcoro
