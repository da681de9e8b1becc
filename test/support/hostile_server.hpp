// SPDX-License-Identifier: BSL-1.0
// A server that says what a test tells it to say, in PostgreSQL's protocol or not, on the test's loop.
#pragma once

#include "support/run.hpp"
#include "support/server_messages.hpp"

#include <pgcoro/connect_config.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

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
    asio::awaitable<void> say(std::string bytes) {
        co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
    }

    /// The first words, which have no type: an SSLRequest (80877103) or the startup message (196608). Gives which.
    asio::awaitable<std::int32_t> hear_first_words() {
        const auto body = co_await read(static_cast<std::size_t>(co_await read_number()) - 4);
        co_return number_in(body);
    }
    /// Reads messages up to one of this type, and gives its body.
    asio::awaitable<std::string> hear(char type) {
        for (;;) {
            const auto heard = co_await read(1);
            auto body = co_await read(static_cast<std::size_t>(co_await read_number()) - 4);
            heard_ += body;
            if (heard.front() == type) {
                co_return body;
            }
        }
    }
    /// Takes the client in without asking for a password.
    asio::awaitable<void> let_in() {
        co_await hear_first_words();
        co_await say(messages::welcome());
    }
    /// Answers the next statement, up to its Sync.
    asio::awaitable<void> answer_with(std::string bytes) {
        co_await hear('S');
        co_await say(std::move(bytes));
    }
    /// Until the client has gone. A server that hangs up itself would end more tests than it should.
    asio::awaitable<void> stay() { co_await hear('\0'); }

    /// All it has said in messages.
    const std::string& heard() const noexcept { return heard_; }
    asio::ip::tcp::socket& socket() noexcept { return socket_; }

private:
    asio::awaitable<std::string> read(std::size_t size) {
        std::string bytes(size, '\0');
        co_await asio::async_read(socket_, asio::buffer(bytes), asio::use_awaitable);
        co_return bytes;
    }
    asio::awaitable<std::int32_t> read_number() { co_return number_in(co_await read(4)); }
    static std::int32_t number_in(const std::string& bytes) {
        std::uint32_t value = 0;
        for (int i = 0; i < 4; ++i) {
            value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
        }
        return static_cast<std::int32_t>(value);
    }

    asio::ip::tcp::socket socket_;
    std::string heard_;
};

/// On a loopback port. It plays its script for one client; then it hangs up.
class hostile_server {
public:
    using script = std::function<asio::awaitable<void>(victim&)>;

    hostile_server(asio::io_context& loop, script play)
        : acceptor_(loop, {asio::ip::address_v4::loopback(), 0}), play_(std::move(play)) {
        port_ = acceptor_.local_endpoint().port();
        asio::co_spawn(loop, serve(), asio::detached);
    }
    hostile_server(const hostile_server&) = delete;
    hostile_server& operator=(const hostile_server&) = delete;

    /// How to run into it: without TLS, with a password it would like to have.
    connect_config config() const {
        connect_config config("host=127.0.0.1 user=u dbname=d password=hunter2 sslmode=disable");
        return config.port(port_);
    }

private:
    asio::awaitable<void> serve() {
        victim client(co_await acceptor_.async_accept(asio::use_awaitable));
        acceptor_.close();
        try {
            co_await play_(client);
        } catch (const boost::system::system_error&) {
            // The client has had enough.
        }
    }

    asio::ip::tcp::acceptor acceptor_;
    script play_;
    std::uint16_t port_ = 0;
};

} // namespace pgcoro::test
