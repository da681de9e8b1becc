// SPDX-License-Identifier: BSL-1.0
// A multiplexer: stateless statements of any number of coroutines, pipelined over a few connections.
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

/// A few connections, called lanes, that any number of coroutines share without borrowing them. Each statement takes the least
/// busy lane and is a transaction of its own.
///
/// For statements that need no session state. A statement that changes it (BEGIN, SET, LISTEN, COPY, DECLARE, PREPARE,
/// temporary tables, advisory locks, ...) fails with `errc::not_multiplexable` before it is sent. docs/multiplexer.md has the
/// list, and the changes that cannot be detected. Transactions need a `connection`.
///
/// Order: none between statements in flight together. A statement started after another has completed sees its effects.
/// Errors: those of `queries`, `errc::not_multiplexable`, `errc::overloaded`. A lost lane is connected again: statements in
/// flight on it fail (see `error::outcome_unknown()`), others wait for a lane, up to their deadline. If connecting fails
/// permanently (a wrong password, no such database) while no lane is up, waiting statements fail with that error.
/// Cancellation: any type, as with a connection; other statements are not affected.
/// Thread safety: that of the executor. With an `io_context` run by one thread, or a strand, statements may be started from any
/// thread. The object itself must not be moved or destroyed while another thread uses it.
///
/// While it is open, it also reads from idle lanes, so that it detects a lost lane before a statement does. This keeps the
/// event loop running from `open` or the first statement until the multiplexer is closed or destroyed.
class multiplexer : public queries<multiplexer> {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Does not connect: the first statement does, or `open`.
    multiplexer(boost::asio::any_io_executor executor, connect_config config, multiplexer_options options = {});
    /// The moved-from object fails every statement with `errc::connection_closed`.
    multiplexer(multiplexer&& other) noexcept;
    multiplexer& operator=(multiplexer&& other) noexcept;
    /// Same as `close`.
    ~multiplexer();

    /// Connects the lanes and completes when each has been tried, so that a program can detect failures when it starts.
    ///
    /// Errors: if no lane is up, the error of the last attempt. Lanes are still tried again, unless that is pointless.
    operation<void> open();

    /// Closes all lanes now; statements in flight and waiting fail with `errc::connection_closed`.
    void close() noexcept;

    /// The executor that everything runs on. Must not be called on a moved-from object.
    executor_type get_executor() const noexcept;
    /// The current state and the counters. On the executor only.
    multiplexer_stats stats() const;

private:
    friend class queries<multiplexer>;
    friend struct detail::multiplexer_access;

    const std::shared_ptr<detail::request_target>& carrier() const noexcept { return session_; }

    std::shared_ptr<detail::request_target> session_;
};

} // namespace pgcoro
