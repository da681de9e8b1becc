// SPDX-License-Identifier: BSL-1.0
// One session with a server, and how to get it.
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/queries.hpp>
#include <pgcoro/tls_info.hpp>
#include <pgcoro/transaction_options.hpp>
#include <pgcoro/transaction_status.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace pgcoro {
namespace detail {
struct connection_access;
}
class transaction;

/// A session with one server. Statements may be started while others are in flight: they are pipelined, in order.
///
/// Bound to one physical session: once that is lost every statement fails, for ever. Destroying or moving into it closes the
/// session; statements still in flight fail with `errc::connection_closed`. Nothing blocks: libpq makes one nonblocking attempt
/// to say goodbye, on the connection's executor.
///
/// Thread safety: as the executor's. With an `io_context` that one thread runs, or with a strand, statements may be started
/// from anywhere; the object itself is like any other and is not to be moved or destroyed while another thread uses it.
class connection : public queries<connection> {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Closed: every statement fails with `errc::connection_closed`.
    connection() noexcept = default;
    connection(connection&& other) noexcept;
    connection& operator=(connection&& other) noexcept;
    ~connection();

    /// False once the session was lost or closed. True says nothing about a peer that went silent.
    bool is_open() const noexcept;
    /// The same, after a look whether the server has said goodbye meanwhile. No round trip; on the executor only.
    bool probe();
    /// One round trip without a statement: completes behind all statements started before, in a transaction or not.
    operation<void> ping();
    /// Whether a transaction is open, as far as the server has answered. On the executor only.
    pgcoro::transaction_status transaction_status() const noexcept;
    /// Begins a transaction (see <pgcoro/transaction.hpp>). Sends nothing: BEGIN travels with its first statement.
    ///
    /// Errors: `errc::transaction_open`, `errc::connection_closed` or what the session was lost to. What the server has against
    /// BEGIN is the error of the first statement.
    operation<transaction> begin(transaction_options options = {});

    /// Ends the session now; statements in flight fail with `errc::connection_closed`.
    void close() noexcept;

    /// The executor everything runs on. Not for a connection that was never open.
    executor_type get_executor() const noexcept;

    /// libpq's PQserverVersion: 150004 is 15.4.
    int server_version() const noexcept;
    /// The server process that serves this session, as in pg_stat_activity.
    int backend_pid() const noexcept;
    /// Host, address and port that were reached.
    const std::string& host() const noexcept;
    const std::string& address() const noexcept;
    std::uint16_t port() const noexcept;
    /// What TLS was agreed on; nothing if the session is not encrypted.
    const std::optional<tls_info>& tls() const noexcept;
    /// The attempts that failed before this session was made.
    std::span<const connect_attempt> failed_attempts() const noexcept;

private:
    friend class queries<connection>;
    friend struct detail::connection_access;
    explicit connection(std::shared_ptr<detail::request_target> s) noexcept;

    const std::shared_ptr<detail::request_target>& carrier() const noexcept { return session_; }

    std::shared_ptr<detail::request_target> session_;
};

/// Connects. Tries the servers of `config` in order until one will do.
///
/// Errors: `errc::invalid_configuration`; if one attempt was made, its error; after several `errc::connect_failed` (or
/// `errc::no_matching_server`, `errc::timed_out`) with each in `attempts()`. Authentication failures and other permanent errors
/// stop at once.
/// Lifetimes: `config` is copied.
/// Cancellation: any type; the attempt is given up and nothing is left behind.
/// Thread safety: may be started from any thread.
operation<connection> connect(connect_config config);
/// The same on a given executor. Without one, the completion handler's is used: in a coroutine, the coroutine's own.
operation<connection> connect(boost::asio::any_io_executor executor, connect_config config);

} // namespace pgcoro
