// SPDX-License-Identifier: BSL-1.0
// Stateless statements of any number of coroutines, pipelined over a few connections.
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/multiplexer_options.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/queries.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace pgcoro {
namespace detail {
struct multiplexer_access;
}

/// A few connections, its lanes, that any number of coroutines share without borrowing them. Each statement takes the lane with
/// the least to do, and is a transaction of its own.
///
/// For statements that need no session: what changes one (BEGIN, SET, LISTEN, COPY, DECLARE, PREPARE, temporary tables,
/// advisory locks, ...) fails with `errc::not_multiplexable` before it is sent. docs/multiplexer.md has the list, and what
/// cannot be seen. Transactions need a `connection`.
///
/// Order: none between statements that are in flight together. One that starts when another is done sees what that has done.
/// Errors: those of `queries`, `errc::not_multiplexable`, `errc::overloaded`. A lane that is lost is connected again: what was
/// in flight on it fails (see `error::outcome_unknown()`), and what was not sent waits for a lane, up to its deadline. If
/// connecting fails for good (a wrong password, no such database) while no lane is up, what waits fails with that.
/// Cancellation: any type, as with a connection; other statements are not affected.
/// Thread safety: as the executor's. With an `io_context` that one thread runs, or with a strand, statements may be started
/// from anywhere; the object itself is like any other and is not to be moved or destroyed while another thread uses it.
///
/// As long as it is open it listens on its idle lanes too, to know of a loss before a statement does: it keeps the loop running
/// from its first statement on until it is closed or destroyed.
class multiplexer : public queries<multiplexer> {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Connects nothing yet: the first statement does, or `open`.
    multiplexer(boost::asio::any_io_executor executor, connect_config config, multiplexer_options options = {});
    /// Moved from: every statement fails with `errc::connection_closed`.
    multiplexer(multiplexer&& other) noexcept;
    multiplexer& operator=(multiplexer&& other) noexcept;
    /// As `close`.
    ~multiplexer();

    /// Connects the lanes, and completes when each has been tried: so a program finds out at its start.
    ///
    /// Errors: if no lane is up, that of the last attempt. Lanes are tried again all the same, unless it is of no use.
    operation<void> open();

    /// Ends all lanes now; statements in flight and waiting fail with `errc::connection_closed`.
    void close() noexcept;

    /// The executor everything runs on. Not of one that was moved from.
    executor_type get_executor() const noexcept;
    /// On the executor only.
    multiplexer_stats stats() const;

private:
    friend class queries<multiplexer>;
    friend struct detail::multiplexer_access;

    const std::shared_ptr<detail::request_target>& carrier() const noexcept { return session_; }

    std::shared_ptr<detail::request_target> session_;
};

} // namespace pgcoro
