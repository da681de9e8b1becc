// SPDX-License-Identifier: BSL-1.0
// Speaks TLS with one client and hands what it says to a server in the clear, as poolers and load balancers do.
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace pgcoro::test {

namespace asio = boost::asio;

/// On the client's loop. What the server says until it is ready for the next query goes to the client in TLS records as large
/// as they may be (16 KiB); PostgreSQL up to 16 makes none larger than 8 KiB.
class tls_proxy {
public:
    tls_proxy(asio::io_context& loop, const testing::ephemeral_server& server)
        : authority_(testing::certificate_authority::create().value()),
          acceptor_(loop, {asio::ip::address_v4::loopback(), 0}),
          tls_(asio::ssl::context::tls_server),
          server_(loop) {
        const auto identity = authority_.issue(testing::certificate_options::for_server()).value();
        tls_.use_certificate_chain(asio::buffer(identity.certificate_pem));
        tls_.use_private_key(asio::buffer(identity.key_pem), asio::ssl::context::pem);
        config_ = connect_config(server.dsn());
        config_.host("127.0.0.1").port(acceptor_.local_endpoint().port());
        config_.sslmode(sslmode::verify_full).ca_pem(authority_.certificate_pem());
        const auto upstream = server.socket_directory() / (".s.PGSQL." + std::to_string(server.port()));
        asio::co_spawn(loop, serve(upstream.string()), asio::detached);
    }
    tls_proxy(const tls_proxy&) = delete;
    tls_proxy& operator=(const tls_proxy&) = delete;

    /// How to reach the server through this.
    const connect_config& config() const noexcept { return config_; }

private:
    static constexpr std::size_t largest_record = 16 * 1024;
    using stream = asio::ssl::stream<asio::ip::tcp::socket>;

    asio::awaitable<void> serve(std::string upstream) {
        stream& client = client_.emplace(co_await acceptor_.async_accept(asio::use_awaitable), tls_);
        client.next_layer().set_option(asio::ip::tcp::no_delay(true));
        acceptor_.close();
        std::array<char, 8> request{};
        co_await asio::async_read(client.next_layer(), asio::buffer(request), asio::use_awaitable);
        co_await asio::async_write(client.next_layer(), asio::buffer("S", 1), asio::use_awaitable);
        co_await client.async_handshake(stream::server, asio::use_awaitable);
        co_await server_.async_connect(asio::local::stream_protocol::endpoint(upstream), asio::use_awaitable);
        asio::co_spawn(server_.get_executor(), to_server(client), asio::detached);
        co_await to_client(client);
        client.next_layer().close();
    }

    asio::awaitable<void> to_server(stream& client) {
        std::array<char, largest_record> bytes{};
        boost::system::error_code ended;
        while (!ended) {
            const auto size =
                co_await client.async_read_some(asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ended));
            if (!ended) {
                co_await asio::async_write(server_, asio::buffer(bytes, size),
                                           asio::redirect_error(asio::use_awaitable, ended));
            }
        }
        server_.close();
    }

    static bool ends_in_ready_for_query(std::string_view bytes) {
        using namespace std::string_view_literals;
        constexpr auto message = "Z\0\0\0\5"sv; // and one byte
        return bytes.size() > message.size() && bytes.substr(bytes.size() - message.size() - 1).starts_with(message);
    }

    asio::awaitable<void> to_client(stream& client) {
        std::array<char, largest_record> bytes{};
        boost::system::error_code ended;
        while (!ended) {
            std::size_t size = 0;
            while (!ended && size != bytes.size() && !ends_in_ready_for_query({bytes.data(), size})) {
                size += co_await server_.async_read_some(asio::buffer(bytes) + size,
                                                         asio::redirect_error(asio::use_awaitable, ended));
            }
            if (!ended) {
                co_await asio::async_write(client, asio::buffer(bytes, size), asio::redirect_error(asio::use_awaitable, ended));
            }
        }
    }

    testing::certificate_authority authority_;
    asio::ip::tcp::acceptor acceptor_;
    asio::ssl::context tls_;
    std::optional<stream> client_;
    asio::local::stream_protocol::socket server_;
    connect_config config_;
};

} // namespace pgcoro::test
