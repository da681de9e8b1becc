// SPDX-License-Identifier: BSL-1.0
// A stream of the changes that transactions make, as they commit.
#pragma once

#include <pgcoro/operation.hpp>
#include <pgcoro/replication_events.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>

namespace pgcoro {
namespace replication {
class replication_session;
struct access;
} // namespace replication

/// Gives the changes of the tables in some publications, transaction by transaction, in the order of their commits. It owns its
/// connection, and makes a new one when that is lost; then it gives a `restarted` event.
///
/// The slot on the server keeps everything that was not confirmed. After a crash of the consumer, unconfirmed transactions
/// arrive again. To avoid applying anything twice, store the `end` of each transaction together with its changes, and pass the
/// last one as `replication_options::position`. Within one stream, no whole transaction arrives twice.
///
/// The confirmed position is reported to the server regularly, also while the consumer is busy. When everything is confirmed, a
/// `keepalive` arrives from time to time, and asking for the next event confirms it, so that a stream whose tables do not
/// change neither fills the server's disk nor keeps it from shutting down.
///
/// Memory: one message, and what libpq has read ahead. While nobody reads, the server waits.
/// Thread safety: that of the executor, as for a `connection`.
class replication_stream {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Over: every call fails with `errc::connection_closed`.
    replication_stream() noexcept = default;
    replication_stream(replication_stream&& other) noexcept;
    replication_stream& operator=(replication_stream&& other) noexcept;
    /// Same as `close`.
    ~replication_stream();

    /// The next event. The data that it refers to is valid until the next call of `next` or `try_next`.
    ///
    /// Errors that a new connection may fix are not reported here; see `replication_options::on_lost`. Others end the stream,
    /// and every later call gives them again: the slot is missing (42704) or has lost its log (55000), `errc::changes_lost`,
    /// `errc::no_such_publication`, a failure to log in, `errc::malformed_value`, or all attempts are used up. Also
    /// `operation_in_progress` if another `next` waits; `errc::connection_closed`.
    /// Cancellation and deadlines: no event is lost, and the stream stays open.
    operation<replication::event> next();
    /// The next event if it has already arrived. Costs less than `next`, which gives the event loop a turn. On the executor
    /// only.
    std::optional<replication::event> try_next();

    /// Declares that everything up to `end`, the `end` of a transaction, is durable, and that the server need not send it
    /// again. On the executor only.
    void confirm(lsn end);

    /// Reports the confirmed position to the server, ends the stream, and closes the connection. A `next` that waits fails with
    /// `errc::connection_closed`. If there is no error, the server knows the confirmed position.
    ///
    /// Errors: the connection is or was lost, or the server ended the stream with an error; `errc::timed_out` if the server
    /// continues to send for two seconds, as it does in the middle of a large transaction. The connection is then closed, too,
    /// and the server may not know what was confirmed last. Cancellation: the connection is closed at once.
    operation<void> stop();
    /// Closes the connection now. Unconfirmed transactions will arrive again.
    void close() noexcept;

    // On the executor only.

    /// The confirmed position, which has been or will be reported to the server.
    lsn confirmed() const noexcept;
    /// The end of the server's log when it last sent something: the difference is what the consumer lags behind, in bytes.
    lsn server_position() const noexcept;

    /// Must not be called on a moved-from object.
    executor_type get_executor() const noexcept;

private:
    friend struct replication::access;
    explicit replication_stream(std::shared_ptr<replication::replication_session> s) noexcept : session_(std::move(s)) {}

    std::shared_ptr<replication::replication_session> session_;
};

} // namespace pgcoro
