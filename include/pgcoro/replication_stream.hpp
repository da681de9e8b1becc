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
/// connection, and makes a new one when that is lost; then it gives an event `restarted`.
///
/// The slot on the server keeps everything that was not confirmed. After a crash of the consumer, what it has not confirmed
/// comes again: store the `end` of each transaction together with its changes, and begin with that as
/// `replication_options::position`, and nothing is applied twice. Within one stream, no whole transaction comes twice.
///
/// The server is told regularly what is confirmed, also while the consumer is busy. When all is confirmed, a `keepalive` comes
/// now and then, and asking for the next event confirms it, so that a stream whose tables do not change neither fills the
/// server's disk nor keeps it from shutting down.
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

    /// The next event. What it refers to is valid until the next call of `next` or `try_next`.
    ///
    /// Errors that a new connection may cure are not seen here; see `replication_options::on_lost`. Others end the stream, and
    /// every later call gives them again: the slot is missing (42704) or has lost its log (55000), `errc::changes_lost`,
    /// `errc::no_such_publication`, a failure to log in, `errc::malformed_value`, or all attempts are used up. Also
    /// `operation_in_progress` if another `next` waits; `errc::connection_closed`.
    /// Cancellation and deadlines: no event is lost, and the stream stays open.
    operation<replication::event> next();
    /// The next event if it has come already. Costs less than `next`, which lets the event loop have its turn. On the executor
    /// only.
    std::optional<replication::event> try_next();

    /// Everything up to there is durable, and the server need not send it again: the `end` of a transaction. On the executor
    /// only.
    void confirm(lsn end);

    /// Tells the server what is confirmed, ends the stream, and closes the connection. A `next` that waits fails with
    /// `errc::connection_closed`. Without an error, the server knows what is confirmed.
    ///
    /// Errors: the connection is or was lost, or the server ended the stream with an error; `errc::timed_out` if the server
    /// goes on sending for two seconds, as it does in the middle of a large transaction. The connection is closed then, too,
    /// and the server may not know what was confirmed last. Cancellation: the connection is closed at once.
    operation<void> stop();
    /// Closes the connection now. What was not confirmed comes again.
    void close() noexcept;

    // On the executor only.

    /// What the server has been told, or will be.
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
