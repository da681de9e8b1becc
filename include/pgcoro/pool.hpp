// SPDX-License-Identifier: BSL-1.0
// A pool of connections, which are kept ready and lent.
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

/// A pool of connections to one database. Each is lent exclusively: to a caller of `acquire()`, or for a single statement.
///
/// `execute`, `fetch`, `batch` and so on borrow a connection, run on it, and give it back when the response has arrived. Two
/// statements in a row may run in different sessions; use `begin` for a transaction. One deadline covers everything: waiting
/// for a connection, making or checking it, and the statement.
///
/// Starts with the first use, or with `open()`. Connects in the background, one connection at a time, while operations wait or
/// `min_size` is not reached. An open pool keeps its executor's loop running: close or destroy it to let `run()` end.
///
/// Errors: those of each function; `errc::timed_out` if no connection was free in time; `errc::pool_exhausted` if too many
/// operations wait; `errc::pool_closed`. The pool's errors are `safe_to_retry()`, except
/// `errc::invalid_configuration` and `errc::not_supported_by_libpq`; they say how many connections there were and why the last
/// attempt to connect failed. If there is no connection and a retry is pointless (wrong password, no such
/// database), operations fail at once with that error.
/// Lifetimes: destroying the pool is `close()` without waiting: no more connections are lent, and one that is borrowed, or runs
/// a statement, is closed when it comes back.
/// Cancellation: any type. An operation that waits leaves the queue at once. For a statement in flight see docs/pool.md.
/// Thread safety: from any thread if the executor is an `io_context` run by one thread, or a strand, or with
/// `pool_options::thread_safe`. The object itself must not be moved or destroyed while another thread uses it.
class pool : public queries<pool> {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Does nothing yet. The pool, its connections and its hooks run on `executor`.
    pool(executor_type executor, connect_config config, const pool_options& options = {});
    pool(pool&& other) noexcept;
    pool& operator=(pool&& other) noexcept;
    ~pool();

    /// Starts the pool and completes when the first connection is ready; the others up to `min_size` follow. For programs that
    /// prefer to fail at start rather than at the first query.
    ///
    /// Errors: the error of the first failed attempt to connect. The pool stays usable.
    operation<void> open();

    /// Borrows a connection until the `pooled_connection` is destroyed. `where` appears in reports of connections that are kept
    /// too long.
    operation<pooled_connection> acquire(std::source_location where = std::source_location::current());

    /// Begins a transaction on a borrowed connection, which goes back when the handle is dropped: `acquire` and `begin` in one.
    operation<transaction> begin(transaction_options options = {},
                                 std::source_location where = std::source_location::current());

    /// Closes idle connections now and borrowed ones when they come back; new ones replace them on demand. For use after a
    /// change of password or addresses.
    void drain() noexcept;

    /// Lends no more connections: operations that wait for one fail with `errc::pool_closed`. Completes when all borrowed
    /// connections have come back, or after `grace`; then their sessions are closed, and statements running on them fail.
    ///
    /// Cancellation: ends the waiting, not the closing.
    operation<void> close(detail::saturating<std::chrono::milliseconds> grace = std::chrono::seconds(30));

    /// The state of the pool. Checks first whether the server of an idle connection responds, with a round trip unless the
    /// connection was just used (`trust_for`), within `validate_timeout`. If there is no connection and reason to doubt that
    /// one can be made, an attempt to connect begins, and a later call reports its result.
    operation<pool_health> health();
    /// The counters. `pop_statistics` also resets them to zero.
    operation<pool_statistics> statistics();
    operation<pool_statistics> pop_statistics();

    executor_type get_executor() const noexcept;

private:
    friend class queries<pool>;

    const std::shared_ptr<detail::request_target>& carrier() const noexcept { return lender_; }

    std::shared_ptr<detail::request_target> lender_; // takes requests like a session, and passes them to a free one
};

} // namespace pgcoro
