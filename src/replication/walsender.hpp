// SPDX-License-Identifier: BSL-1.0
// A connection to a walsender: a server process that knows replication commands, and SQL in the simple protocol only.
#pragma once

#include "connect/connector.hpp"

#include <pgcoro/detail/result_handle.hpp>
#include <pgcoro/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pgcoro::replication {

struct free_copy_data {
    void operator()(char* bytes) const noexcept { PQfreemem(bytes); }
};
using copy_bytes = std::unique_ptr<char, free_copy_data>;

/// The only caller of libpq for its connection. On its executor only; one coroutine at a time.
class walsender {
public:
    explicit walsender(boost::asio::any_io_executor executor) : socket_(std::move(executor)) {}
    walsender(const walsender&) = delete;
    walsender& operator=(const walsender&) = delete;
    ~walsender() { close(); }

    error open(wire::established made);
    bool is_open() const noexcept { return made_.connection != nullptr; }
    void close() noexcept;
    PGconn* get() const noexcept { return made_.connection.get(); }

    /// Runs a command: the results up to the end, or up to the one that begins a stream. The error of the server leaves the
    /// connection usable; `is_open` is false after others.
    boost::asio::awaitable<result<std::vector<detail::result_handle>>> run(std::string command);
    /// Asks the server to end the command that runs. Without waiting for it.
    void cancel_command() noexcept;

    // In a stream.

    enum class got { message, nothing, end };
    /// The next message that has come. `end`: the stream is over; `end_of_stream` says why.
    got take(copy_bytes& out, std::size_t& size) noexcept;
    /// Reads what has come. False if the connection is lost.
    bool read() noexcept;
    /// False if the connection is lost.
    bool send(std::span<const std::byte> message) noexcept;
    /// Something is still to be sent: call `flush` when the socket can be written.
    bool wants_to_write() const noexcept { return wants_to_write_; }
    bool flush() noexcept;
    /// Ends the stream in agreement with the server, and drops what comes until then. Without an error the server has processed
    /// all that was sent to it.
    boost::asio::awaitable<error> finish_stream();
    /// What has ended the stream: `connection_lost` if the server said nothing.
    error end_of_stream();

    boost::asio::posix::stream_descriptor& socket() noexcept { return socket_; }
    /// The connection broke: what the server said last, or libpq.
    error why_lost() const;

private:
    boost::asio::awaitable<error> wait();

    wire::established made_;
    boost::asio::posix::stream_descriptor socket_;
    std::shared_ptr<void> cancelling_;
    bool wants_to_write_ = false;
};

} // namespace pgcoro::replication
