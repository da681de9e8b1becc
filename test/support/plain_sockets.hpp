// SPDX-License-Identifier: BSL-1.0
// Blocking TCP sockets for the two ends of a proxy. What hangs, fails.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro::test {

/// One end of a connection.
class plain_socket {
public:
    using socket = boost::asio::generic::stream_protocol::socket;

    explicit plain_socket(socket s) : socket_(std::move(s)) {}

    void say(std::string_view bytes) { boost::asio::write(socket_, boost::asio::buffer(bytes)); }
    void close() { socket_.close(); }

    /// What one call of recv gives: "" at the end, "<silence>" after 30 seconds, "<reset>", "<error>".
    std::string hear_some(std::size_t most = 1000) {
        pollfd waiting{socket_.native_handle(), POLLIN, 0};
        if (::poll(&waiting, 1, 30'000) != 1) {
            return "<silence>";
        }
        std::string bytes(most, '\0');
        const auto size = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), 0);
        if (size < 0) {
            return errno == ECONNRESET ? "<reset>" : "<error>";
        }
        bytes.resize(static_cast<std::size_t>(size));
        return bytes;
    }
    /// So many bytes, less if the connection ends before.
    std::string hear(std::size_t size) {
        std::string all;
        while (all.size() < size) {
            const auto some = hear_some(size - all.size());
            all += some;
            if (some.empty() || some.front() == '<') {
                break;
            }
        }
        return all;
    }
    /// Everything until the end; what ended it, if that was no orderly end, comes last.
    std::string hear_all() { return hear(100'000); }

private:
    socket socket_;
};

/// A server that the test plays itself.
class plain_server {
public:
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    plain_socket accept() { return plain_socket(plain_socket::socket(acceptor_.accept())); }
    /// A connection to somebody else.
    plain_socket connect(const plain_socket::socket::endpoint_type& where) {
        plain_socket::socket made(loop_);
        made.connect(where);
        return plain_socket(std::move(made));
    }
    plain_socket connect(std::uint16_t port) {
        return connect(boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), port));
    }

private:
    boost::asio::io_context loop_;
    boost::asio::ip::tcp::acceptor acceptor_{loop_, {boost::asio::ip::address_v4::loopback(), 0}};
};

} // namespace pgcoro::test
