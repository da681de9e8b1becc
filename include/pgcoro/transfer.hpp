// SPDX-License-Identifier: BSL-1.0
// From one COPY into another: a table from server to server, without a file between them.
//
//     BOOST_OUTCOME_CO_TRY(auto from, co_await old_db.copy_out("copy orders to stdout (format binary)"));
//     BOOST_OUTCOME_CO_TRY(auto to, co_await new_db.copy_in("copy orders from stdin (format binary)"));
//     BOOST_OUTCOME_CO_TRY(auto report, co_await pgcoro::transfer(std::move(from), std::move(to)));
#pragma once

#include <pgcoro/copy.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transfer_progress.hpp>

namespace pgcoro {

/// Moves everything that `from` gives into `to`, and finishes `to`. Both statements must use the same format and options.
///
/// The slower side sets the pace, and a few hundred KiB of memory are enough. `to` is finished only after the server of `from`
/// has confirmed that its COPY succeeded: then everything has arrived. Any failure of either side ends both, as dropping them
/// does, and leaves nothing of the COPY at the target; the target's failure is noticed with the next bytes of the source.
///
/// They cannot share a connection: while one COPY runs, the second `copy_out` or `copy_in` there fails with
/// `errc::stream_open`. On a pool, each borrows its own connection, so the pool needs a `max_size` of at least 2.
///
/// Errors: the first one, of `copy_reader::read`, `copy_writer::write` or `copy_writer::finish`. Only after `finish` can the
/// target's rows be in doubt (`error::outcome_unknown()`); if the source is lost, `outcome_unknown()` says nothing about the
/// target.
/// Cancellation: ends both sides, as an error does. So does destroying the coroutine.
/// Thread safety: the two may have different executors; `progress` runs on that of the coroutine.
task<transfer_report> transfer(copy_reader from, copy_writer to, progress_meter progress = {});

} // namespace pgcoro
