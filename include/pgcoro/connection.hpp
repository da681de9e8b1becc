// SPDX-License-Identifier: BSL-1.0
// One session with a server, and `connect`, which opens it.
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
/// A connection is one physical session: once that is lost, every statement fails, forever. Destroying the object or assigning
/// to it closes the session; statements still in flight fail with `errc::connection_closed`. Nothing blocks: libpq makes one
/// nonblocking attempt to send Terminate, on the connection's executor.
///
/// Thread safety: that of the executor. With an `io_context` run by one thread, or with a strand, statements may be started
/// from any thread. The object itself must not be moved or destroyed while another thread uses it.
class connection : public queries<connection> {
public:
    using executor_type = boost::asio::any_io_executor;

    /// Creates a closed connection: every statement fails with `errc::connection_closed`.
    connection() noexcept = default;
    connection(connection&& other) noexcept;
    connection& operator=(connection&& other) noexcept;
    ~connection();

    /// False once the session is lost or closed. True does not rule out a silent peer.
    bool is_open() const noexcept;
    /// The same, after checking whether the server has ended the session meanwhile. No round trip. On the executor only.
    bool probe();
    /// Makes one round trip without a statement. Completes after all statements started before, in a transaction or not.
    operation<void> ping();
    /// Whether a transaction is open, as of the server's last response. On the executor only.
    pgcoro::transaction_status transaction_status() const noexcept;
    /// Begins a transaction (see <pgcoro/transaction.hpp>). Sends nothing: BEGIN is sent with the first statement.
    ///
    /// Errors: `errc::transaction_open`, also if a transaction was begun as text; `errc::connection_closed` or the error that
    /// ended the session. If BEGIN fails, the first statement reports that error.
    operation<transaction> begin(transaction_options options = {});

    /// Closes the session now; statements in flight fail with `errc::connection_closed`.
    void close() noexcept;

    /// The executor that everything runs on. Must not be called on a connection that was never open.
    executor_type get_executor() const noexcept;

    /// libpq's PQserverVersion: 150004 is 15.4.
    int server_version() const noexcept;
    /// The process id of the session's backend, as in pg_stat_activity.
    int backend_pid() const noexcept;
    /// The host, address and port of the server.
    const std::string& host() const noexcept;
    const std::string& address() const noexcept;
    std::uint16_t port() const noexcept;
    /// The TLS parameters of the session; nothing if it is not encrypted.
    const std::optional<tls_info>& tls() const noexcept;
    /// The attempts that failed before this session was established.
    std::span<const connect_attempt> failed_attempts() const noexcept;

private:
    friend class queries<connection>;
    friend struct detail::connection_access;
    explicit connection(std::shared_ptr<detail::request_target> s) noexcept;

    const std::shared_ptr<detail::request_target>& carrier() const noexcept { return session_; }

    std::shared_ptr<detail::request_target> session_;
};

/// Connects. Tries the servers of `config` in order until one is acceptable.
///
/// Errors: `errc::invalid_configuration`; the error of the attempts if it is the same for all (such as
/// `errc::no_matching_server`), otherwise `errc::connect_failed`; `errc::timed_out`. `attempts()` lists them. Authentication
/// failures and other permanent errors end the search at once.
/// Lifetimes: `config` is copied.
/// Cancellation: any type. The attempt is abandoned and nothing is left behind.
/// Thread safety: may be started from any thread.
operation<connection> connect(connect_config config);
/// The same on a given executor. Without one, the completion handler's executor is used: in a coroutine, the coroutine's.
operation<connection> connect(boost::asio::any_io_executor executor, connect_config config);

} // namespace pgcoro
