// SPDX-License-Identifier: BSL-1.0
// A server that says what a test tells it to say, in PostgreSQL's protocol or not, on the test's loop.
#pragma once

#include "support/run.hpp"
#include "support/server_messages.hpp"

#include <pgcoro/connect_config.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace pgcoro::test {

/// The client of a `hostile_server`, as its script sees it. What fails because the client has gone ends the script.
class victim {
public:
    explicit victim(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

    /// In one piece, however large.
    asio::awaitable<void> say(std::string bytes);

    /// The first words, which have no type: an SSLRequest (80877103) or the startup message (196608). Gives which.
    asio::awaitable<std::int32_t> hear_first_words();
    /// Reads messages up to one of this type, and gives its body.
    asio::awaitable<std::string> hear(char type);
    /// Takes the client in without asking for a password.
    asio::awaitable<void> let_in();
    /// Answers the next statement, up to its Sync.
    asio::awaitable<void> answer_with(std::string bytes);
    /// Until the client has gone. A server that hangs up itself would end more tests than it should.
    asio::awaitable<void> stay();

    /// All it has said in messages.
    const std::string& heard() const noexcept { return heard_; }
    asio::ip::tcp::socket& socket() noexcept { return socket_; }

private:
    asio::awaitable<std::string> read(std::size_t size);
    asio::awaitable<std::int32_t> read_number();

    asio::ip::tcp::socket socket_;
    std::string heard_;
};

/// On a loopback port. It plays its script for one client; then it hangs up.
class hostile_server {
public:
    using script = std::function<asio::awaitable<void>(victim&)>;

    hostile_server(asio::io_context& loop, script play);
    hostile_server(const hostile_server&) = delete;
    hostile_server& operator=(const hostile_server&) = delete;

    /// How to run into it: without TLS, with a password it would like to have.
    connect_config config() const {
        connect_config config("host=127.0.0.1 user=u dbname=d password=hunter2 sslmode=disable");
        return config.port(port_);
    }

private:
    asio::awaitable<void> serve();

    asio::ip::tcp::acceptor acceptor_;
    script play_;
    std::uint16_t port_ = 0;
};

} // namespace pgcoro::test
