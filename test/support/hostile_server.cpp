// SPDX-License-Identifier: BSL-1.0
#include "support/hostile_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace pgcoro::test {
namespace {

std::int32_t number_in(const std::string& bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
    }
    return static_cast<std::int32_t>(value);
}

} // namespace

asio::awaitable<void> victim::say(std::string bytes) {
    co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
}

asio::awaitable<std::int32_t> victim::hear_first_words() {
    const auto body = co_await read(static_cast<std::size_t>(co_await read_number()) - 4);
    co_return number_in(body);
}

asio::awaitable<std::string> victim::hear(char type) {
    for (;;) {
        const auto heard = co_await read(1);
        auto body = co_await read(static_cast<std::size_t>(co_await read_number()) - 4);
        heard_ += body;
        if (heard.front() == type) {
            co_return body;
        }
    }
}

asio::awaitable<void> victim::let_in() {
    co_await hear_first_words();
    co_await say(messages::welcome());
}

asio::awaitable<void> victim::answer_with(std::string bytes) {
    co_await hear('S');
    co_await say(std::move(bytes));
}

asio::awaitable<void> victim::stay() { co_await hear('\0'); }

asio::awaitable<std::string> victim::read(std::size_t size) {
    std::string bytes(size, '\0');
    co_await asio::async_read(socket_, asio::buffer(bytes), asio::use_awaitable);
    co_return bytes;
}

asio::awaitable<std::int32_t> victim::read_number() { co_return number_in(co_await read(4)); }

hostile_server::hostile_server(asio::io_context& loop, script play)
    : acceptor_(loop, {asio::ip::address_v4::loopback(), 0}), play_(std::move(play)) {
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(loop, serve(), asio::detached);
}

asio::awaitable<void> hostile_server::serve() {
    victim client(co_await acceptor_.async_accept(asio::use_awaitable));
    acceptor_.close();
    try {
        co_await play_(client);
    } catch (const boost::system::system_error&) {
        // The client has had enough.
    }
}

} // namespace pgcoro::test
