// SPDX-License-Identifier: BSL-1.0
// Stands between one client and the server, on the client's loop, and misbehaves when told to.
#pragma once

#include "support/message_counter.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro::test {

namespace asio = boost::asio;

/// It listens in the folder of the server's socket, on a port number that no server has: the superuser needs no password there.
class proxy {
public:
    using protocol = asio::local::stream_protocol;

    proxy(asio::io_context& loop, const testing::ephemeral_server& server)
        : path_(server.socket_directory() / ".s.PGSQL.1"),
          config_(server.dsn()),
          acceptor_(loop),
          client_(loop),
          server_(loop) {
        std::filesystem::remove(path_);
        acceptor_.open();
        acceptor_.bind(path_.string());
        acceptor_.listen();
        config_.port(1);
        const auto upstream = server.socket_directory() / (".s.PGSQL." + std::to_string(server.port()));
        asio::co_spawn(loop, serve(upstream.string()), asio::detached);
    }
    proxy(const proxy&) = delete;
    proxy& operator=(const proxy&) = delete;
    ~proxy() { std::filesystem::remove(path_); }

    /// How to reach the server through this.
    const connect_config& config() const noexcept { return config_; }

    /// What the server says from now on does not reach the client.
    void swallow() noexcept { swallowing_ = true; }
    /// What the client says from now on does not reach the server, until `pass_on`.
    void keep() noexcept { keeping_ = true; }
    void pass_on() {
        keeping_ = false;
        asio::co_spawn(client_.get_executor(), pass_kept(), asio::detached);
    }
    /// How many messages of a type the client has said: 'S' for Sync.
    std::size_t heard(char type) const noexcept { return heard_.count(type); }
    /// Says something to the client in the server's place.
    void say(std::string_view bytes) { asio::write(client_, asio::buffer(bytes)); }
    /// Closes the connection on both sides.
    void cut() {
        boost::system::error_code ignored;
        client_.close(ignored);
        server_.close(ignored);
    }

private:
    asio::awaitable<void> serve(std::string upstream) {
        client_ = co_await acceptor_.async_accept(asio::use_awaitable);
        acceptor_.close();
        co_await server_.async_connect(protocol::endpoint(upstream), asio::use_awaitable);
        asio::co_spawn(client_.get_executor(), to_server(), asio::detached);
        co_await to_client();
    }

    asio::awaitable<void> to_server() {
        boost::system::error_code ended;
        while (!ended) {
            const auto size =
                co_await client_.async_read_some(asio::buffer(said_), asio::redirect_error(asio::use_awaitable, ended));
            heard_.take({said_.data(), size});
            kept_.append(said_.data(), size);
            co_await pass_kept();
        }
        cut();
    }

    asio::awaitable<void> pass_kept() {
        if (std::exchange(passing_, true)) {
            co_return;
        }
        boost::system::error_code ended;
        while (!ended && !keeping_ && !kept_.empty()) {
            const auto bytes = std::exchange(kept_, {});
            co_await asio::async_write(server_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ended));
        }
        passing_ = false;
    }

    asio::awaitable<void> to_client() {
        boost::system::error_code ended;
        while (!ended) {
            const auto size =
                co_await server_.async_read_some(asio::buffer(answered_), asio::redirect_error(asio::use_awaitable, ended));
            if (!ended && !swallowing_) {
                co_await asio::async_write(client_, asio::buffer(answered_, size),
                                           asio::redirect_error(asio::use_awaitable, ended));
            }
        }
        cut();
    }

    std::filesystem::path path_;
    connect_config config_;
    protocol::acceptor acceptor_;
    protocol::socket client_;
    protocol::socket server_;
    std::array<char, 4096> said_{};
    std::array<char, 4096> answered_{};
    message_counter heard_;
    std::string kept_;
    bool keeping_ = false;
    bool passing_ = false;
    bool swallowing_ = false;
};

} // namespace pgcoro::test
