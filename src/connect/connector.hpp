// SPDX-License-Identifier: BSL-1.0
// Connecting: from a configuration to a PGconn that is ready, through name lookup, fail-over, TLS and authentication.
#pragma once

#include "base/socket.hpp"
#include "libpq/notice_hook.hpp"
#include "libpq/pgconn.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/tls_info.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pgcoro::wire {

/// A session libpq has just finished making: authenticated, idle, nonblocking, default verbosity.
struct established {
    // Before the connection, so that it is destroyed after it.
    std::shared_ptr<notice_hook> notices;
    /// Certificates and keys given as text live in files of memory, which libpq may open again to cancel a statement.
    std::vector<std::shared_ptr<const void>> files;
    pgconn_ptr connection;
    /// What was waited on last, registered with the reactor of the executor, which must outlive it. Only where it was asked
    /// for.
    std::optional<wire::socket> descriptor;
    std::optional<tls_info> tls;
    std::string host;
    std::string address;
    std::uint16_t port = 0;
    /// What the server was asked to be: `any` if nothing, or where nothing better was found than that.
    session_attrs wanted = session_attrs::any;
    /// The user's, if there is one.
    std::function<void(notification)> on_notification;
    /// The attempts that failed before this one.
    std::vector<connect_attempt> failures;
};

/// One `connect`, from start to its handler. Owns itself while it runs.
class connector {
public:
    using clock = std::chrono::steady_clock;
    using handler = std::function<void(result<established>)>;

    /// Begins to connect. Everything, `done` included, runs on `executor` (on the configuration's helper executor, if it names
    /// one), never inside `start`. `done` is called once. Whoever goes on waiting on `executor` asks for the descriptor.
    static std::shared_ptr<connector> start(boost::asio::any_io_executor executor, connect_config config,
                                            clock::time_point deadline, handler done, bool with_descriptor = false);

    /// Gives up: `done` gets `operation_aborted`. From any thread; after completion it does nothing.
    virtual void cancel() = 0;

protected:
    connector() = default;
    ~connector() = default;
};

} // namespace pgcoro::wire
