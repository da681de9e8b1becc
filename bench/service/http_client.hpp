// SPDX-License-Identifier: BSL-1.0
// A client with one connection, which it keeps for the next request.
#pragma once

#include "http_response.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <string>
#include <string_view>

namespace bench::service {

class http_client {
public:
    http_client(boost::asio::any_io_executor executor, boost::asio::ip::tcp::endpoint server);

    /// Connects if there is no connection. Status 0: there was no complete response. `into` is overwritten.
    boost::asio::awaitable<int> get(std::string_view target, std::string& into);
    /// Breaks off the request in flight, which then has no response.
    void abort();

private:
    boost::asio::awaitable<bool> connect();
    boost::asio::awaitable<response_parser> exchange(std::string_view target);

    boost::asio::ip::tcp::endpoint server_;
    boost::asio::ip::tcp::socket socket_;
    std::string request_;
    std::array<char, 16 * 1024> buffer_{};
};

} // namespace bench::service
