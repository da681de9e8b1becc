// SPDX-License-Identifier: BSL-1.0
// Stands between one client and the server, on the client's loop, and misbehaves when told to.
#pragma once

#include "support/message_counter.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

namespace pgcoro::test {

namespace asio = boost::asio;

/// It listens in the folder of the server's socket, on a port number that no server has: the superuser needs no password there.
class proxy {
public:
    using protocol = asio::local::stream_protocol;

    proxy(asio::io_context& loop, const testing::ephemeral_server& server);
    proxy(const proxy&) = delete;
    proxy& operator=(const proxy&) = delete;
    ~proxy();

    /// How to reach the server through this.
    const connect_config& config() const noexcept { return config_; }

    /// What the server says from now on does not reach the client.
    void swallow() noexcept { swallowing_ = true; }
    /// What the client says from now on does not reach the server, until `pass_on`.
    void keep() noexcept { keeping_ = true; }
    void pass_on();
    /// How many messages of a type the client has said: 'S' for Sync.
    std::size_t heard(char type) const noexcept { return heard_.count(type); }
    /// Says something to the client in the server's place.
    void say(std::string_view bytes);
    /// Closes the connection on both sides.
    void cut();

private:
    asio::awaitable<void> serve(std::string upstream);
    asio::awaitable<void> to_server();
    asio::awaitable<void> pass_kept();
    asio::awaitable<void> to_client();

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
