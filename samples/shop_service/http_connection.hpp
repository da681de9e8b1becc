// SPDX-License-Identifier: BSL-1.0
// One HTTP connection: reads requests, has them answered, writes the responses. Only its .cpp includes Beast.
#pragma once

#include "http_message.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string_view>

namespace shop {

class http_connection;

/// Who answers the requests of connections, and keeps a list of them.
class http_host {
public:
    virtual boost::asio::awaitable<http_response> answer(const http_request& request) = 0;
    /// No more requests are read: responses say `Connection: close`.
    virtual bool is_stopping() const = 0;
    /// The header Server.
    virtual std::string_view server_name() const = 0;
    virtual void on_begin(http_connection& connection) = 0;
    virtual void on_end(http_connection& connection) noexcept = 0;

protected:
    ~http_host() = default;
};

/// All functions on the executor of its socket.
class http_connection {
public:
    virtual ~http_connection() = default;
    /// Ends when the request that it is working on, if any, is answered.
    virtual void stop() = 0;
    /// Ends now.
    virtual void abort() = 0;
};

/// Serves a connection until one side closes it. `host` must live until `on_end`, or the executor's context must not run again.
void serve_http(boost::asio::ip::tcp::socket socket, http_host& host);

} // namespace shop
