// SPDX-License-Identifier: BSL-1.0
// COPY from and to files on this machine: what psql calls \copy.
//
//     BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_in("copy readings from stdin (format csv, header match)"));
//     BOOST_OUTCOME_CO_TRY(auto report, co_await pgcoro::copy_from_file("readings.csv", std::move(writer)));
#pragma once

#include <pgcoro/copy.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transfer_progress.hpp>

#include <filesystem>

namespace pgcoro {

/// Sends a file, in the format of the COPY, to `to`, and finishes `to`.
///
/// The file is read in pieces of 64 KiB with plain, blocking reads on the thread of the coroutine: for a regular file on a
/// local disk that takes microseconds. Read a pipe with `copy_from_stream` and `asio::posix::stream_descriptor` instead: it
/// would block everything else on the thread. The reports have the size of the file in `total_bytes`, and no rows until the
/// last one.
///
/// Errors: those of `copy_writer`, with the line of the file in `copy_line`; those of the file, as a system error whose message
/// has the path. After any of them nothing of the COPY remains.
/// Cancellation: ends the COPY, as an error does.
/// Thread safety: that of the writer's connection; `progress` runs on the executor of the coroutine.
task<transfer_report> copy_from_file(std::filesystem::path from, copy_writer to, progress_meter progress = {});

/// Writes everything that `from` gives to a file. The file appears under its name when it is complete, and replaces any earlier
/// file. Until then the data is in a file beside it, `NAME.XXXXXXXX.partial`, which is removed on failure. If `to` exists and
/// is not a regular file, such as `/dev/stdout`, the data is written to it directly.
///
/// Writes block the thread of the coroutine, as the reads of `copy_from_file` do. A new file has the permissions that the umask
/// allows. It is not flushed to the disk: to survive a power failure it needs an `fsync`.
///
/// Errors: those of `copy_reader`; those of the file, as a system error whose message has the path.
/// Cancellation: ends the COPY, as an error does.
/// Thread safety: that of the reader's connection; `progress` runs on the executor of the coroutine.
task<transfer_report> copy_to_file(copy_reader from, std::filesystem::path to, progress_meter progress = {});

} // namespace pgcoro
