// SPDX-License-Identifier: BSL-1.0
// Connections kept ready, and lent.
//
//     pgcoro::pool db(co_await asio::this_coro::executor, "host=db user=app dbname=shop");
//     BOOST_OUTCOME_CO_TRY(auto n, co_await db.fetch_one<std::int64_t>("select count(*) from users"));
#pragma once

#include <pgcoro/pool_options.hpp>
#include <pgcoro/pool_statistics.hpp>
#include <pgcoro/pooled_connection.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <source_location>

namespace pgcoro {

/// A pool of connections to one database, lent exclusively: to who calls `acquire()`, or for a single statement.
///
/// `execute`, `fetch`, `batch` and so on borrow a connection, run on it, and give it back when the answer has come. Two
/// statements in a row may run in different sessions; for a transaction there is `begin`. One deadline covers all
/// of it: waiting for a connection, making or checking it, and the statement.
///
/// The pool starts with the first use, or with `open()`. It connects in the background, one connection at a time, and only as
/// long as somebody waits. As long as it is open it keeps its executor's loop running: close or destroy it to let `run()` end.
///
/// Errors, besides those of each function: `errc::timed_out` if no connection was free in time, `errc::pool_exhausted` if too
/// many are waiting, `errc::pool_closed`. All of them are `safe_to_retry()` and say how many connections there were and why the
/// last attempt to connect failed. If there is no connection and trying again is useless (wrong password, no such database),
/// that is the error, at once.
/// Lifetimes: destroying the pool is `close()` without waiting: nobody gets a connection any more, and what is borrowed, or
/// runs a statement, is closed when it comes back. Cancellation: any type. Who waits leaves the line at once; what a statement
/// in flight means for its connection is in docs/pool.md. Thread safety: from any thread if its executor is an `io_context` run
/// by one thread, or a strand, or with `pool_options::thread_safe`. The object itself is not to be moved or destroyed while
/// another thread uses it.
class pool : public queries<pool> {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Does nothing yet. Everything will run on `executor`: the pool, its connections, hooks.
    pool(executor_type executor, connect_config config, const pool_options& options = {});
    pool(pool&& other) noexcept;
    pool& operator=(pool&& other) noexcept;
    ~pool();

    /// Starts the pool, and completes when a first connection is there; those up to `min_size` follow. For programs that would
    /// rather fail at start than at the first query.
    ///
    /// Errors: that of the first attempt to connect that fails. The pool goes on all the same.
    operation<void> open();

    /// A connection of your own, until the `pooled_connection` is destroyed. `where` is for reports of those that are kept too
    /// long.
    operation<pooled_connection> acquire(std::source_location where = std::source_location::current());

    /// Begins a transaction on a connection of its own, which it gives back when it is dropped: `acquire` and `begin` in one.
    operation<transaction> begin(transaction_options options = {},
                                 std::source_location where = std::source_location::current());

    /// Closes what is idle, and what is lent when it comes back; others take their places when they are needed. For after a
    /// change of password or of addresses.
    void drain() noexcept;

    /// Nobody gets a connection any more, and who waits for one fails with `errc::pool_closed`. Completes when all borrowed
    /// ones have come back, or after `grace`: then their sessions are closed, and what runs on them fails.
    ///
    /// Cancellation: ends the waiting, not the closing.
    operation<void> close(detail::saturating<std::chrono::milliseconds> grace = std::chrono::seconds(30));

    /// How the pool is now. It looks first: an idle connection is asked whether its server is there, with a round trip unless
    /// it was just used (`trust_for`), which takes `validate_timeout` at most. If there is no connection and there is reason to
    /// doubt that there could be one, an attempt to connect begins, and a later call tells how it went.
    operation<pool_health> health();
    /// What it has counted. `pop_statistics` also sets the counters to zero.
    operation<pool_statistics> statistics();
    operation<pool_statistics> pop_statistics();

    executor_type get_executor() const noexcept;

private:
    friend class queries<pool>;

    const std::shared_ptr<detail::request_target>& carrier() const noexcept { return lender_; }

    std::shared_ptr<detail::request_target> lender_; // takes requests as a session does, and passes them to one that is free
};

} // namespace pgcoro
