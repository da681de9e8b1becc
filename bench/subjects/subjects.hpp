// SPDX-License-Identifier: BSL-1.0
// The ways to do the work that are compared, and the names by which programs and scripts ask for them.
#pragma once

#include "../harness.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace bench {

/// Hand-written libpq: PQexecPrepared, one query after the other.
std::unique_ptr<subject> make_libpq_sync(const std::string& conninfo);

/// Hand-written libpq that waits through Boost.Asio, in callbacks: one query after the other.
std::unique_ptr<subject> make_asio_wait(const std::string& conninfo);

/// Hand-written libpq: one thread, one epoll loop, `in_flight` queries over `connections` connections in pipeline mode, each
/// query with a Sync of its own.
std::unique_ptr<subject> make_libpq_loop(const std::string& conninfo, int connections, int in_flight);

/// Hand-written libpq: PQexecPrepared of a thousand rows in binary, decoded into a vector of structs.
std::unique_ptr<subject> make_libpq_rows(const std::string& conninfo);

/// pgcoro: `in_flight` coroutines on one thread that share `connections` connections; and the same with an observer that does
/// nothing.
std::unique_ptr<subject> make_pgcoro(const std::string& conninfo, int connections, int in_flight);
std::unique_ptr<subject> make_pgcoro_observed(const std::string& conninfo, int connections, int in_flight);

/// pgcoro: `in_flight` coroutines on one thread whose statements borrow from a pool of `connections` connections.
std::unique_ptr<subject> make_pool(const std::string& conninfo, int connections, int in_flight);
std::unique_ptr<subject> make_pool_observed(const std::string& conninfo, int connections, int in_flight);

/// pgcoro: `in_flight` coroutines on one thread that share a multiplexer of so many lanes.
std::unique_ptr<subject> make_pgcoro_mux(const std::string& conninfo, int lanes, int in_flight);

/// pgcoro: `in_flight` coroutines on one thread that ask a batch loader on one connection.
std::unique_ptr<subject> make_pgcoro_loader(const std::string& conninfo, int in_flight);

/// pgcoro: rows into `bench_copied`, a hundred at once by `execute_many` of single inserts; and by `in_flight` coroutines that
/// write them one by one through a batch writer. A "query" is a row.
std::unique_ptr<subject> make_pgcoro_insert_many(const std::string& conninfo);
std::unique_ptr<subject> make_pgcoro_writer(const std::string& conninfo, int in_flight);

/// pgcoro: fetch<item> of a thousand rows.
std::unique_ptr<subject> make_pgcoro_rows(const std::string& conninfo);

/// Hand-written libpq: a thousand rows of numeric, uuid, int4[] and jsonb.
std::unique_ptr<subject> make_libpq_documents(const std::string& conninfo);

/// pgcoro: the same.
std::unique_ptr<subject> make_pgcoro_documents(const std::string& conninfo);

/// Hand-written libpq: rows while the server sends them, in chunks or one by one, as the version of libpq allows. A "query" is
/// a row.
std::unique_ptr<subject> make_libpq_stream(const std::string& conninfo);

/// pgcoro: the same with `next_chunk`, and with `next`.
std::unique_ptr<subject> make_pgcoro_stream(const std::string& conninfo);
std::unique_ptr<subject> make_pgcoro_stream_next(const std::string& conninfo);

/// Rows into `bench_copied` and out of a query by binary COPY, with libpq by hand and with pgcoro. A "query" is a row.
std::unique_ptr<subject> make_libpq_copy_in(const std::string& conninfo);
std::unique_ptr<subject> make_libpq_copy_out(const std::string& conninfo);
std::unique_ptr<subject> make_pgcoro_copy_in(const std::string& conninfo);
std::unique_ptr<subject> make_pgcoro_copy_out(const std::string& conninfo);

/// pgcoro: the CSV file that PGCORO_BENCH_CSV names into `bench_copied`, and from there into a file whose name ends in `.copy`.
/// A "query" is a row.
std::unique_ptr<subject> make_pgcoro_csv_in(const std::string& conninfo);
std::unique_ptr<subject> make_pgcoro_csv_out(const std::string& conninfo);

/// Notifications of 100 bytes that another session sends: by PQnotifies, and by a listener with `try_next` or with `next`
/// alone. A "query" is a notification.
std::unique_ptr<subject> make_libpq_listen(const std::string& conninfo);
std::unique_ptr<subject> make_pgcoro_listen(const std::string& conninfo);
std::unique_ptr<subject> make_pgcoro_listen_next(const std::string& conninfo);

/// A thousand rows into the binary COPY format, and from it, with what the typed COPY is made of; and the same by hand.
std::unique_ptr<subject> make_copy_encoder_by_hand();
std::unique_ptr<subject> make_copy_encoder();
std::unique_ptr<subject> make_copy_decoder_by_hand();
std::unique_ptr<subject> make_copy_decoder();

/// One of the above by name: `libpq-sync`, `libpq-loop-1x64`, `pgcoro-4x64` (connections x queries in flight), `pool-4x64`,
/// `pgcoro-mux-4x64` (lanes x queries in flight), `libpq-rows`, `copy-encode-by-hand`...
std::unique_ptr<subject> make_subject(std::string_view name, const std::string& conninfo);

} // namespace bench
