// SPDX-License-Identifier: BSL-1.0
// Puts TLS before a hostile server.
#pragma once

#include "support/run.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/testing/certificate_authority.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace pgcoro::test {

/// Takes one client, on the test's loop, and passes on what both say. What the server says comes in records of at most so many
/// bytes. It may answer the request for TLS with more than the one byte that is due.
class tls_front {
public:
    tls_front(asio::io_context& loop, const connect_config& behind, std::size_t in_a_record = 16'384, std::string answer = "S")
        : authority_(testing::certificate_authority::create().value()),
          acceptor_(loop, {asio::ip::address_v4::loopback(), 0}),
          tls_(asio::ssl::context::tls_server),
          server_(loop),
          config_(behind),
          in_a_record_(in_a_record),
          answer_(std::move(answer)) {
        const auto identity = authority_.issue(testing::certificate_options::for_server()).value();
        tls_.use_certificate_chain(asio::buffer(identity.certificate_pem));
        tls_.use_private_key(asio::buffer(identity.key_pem), asio::ssl::context::pem);
        config_.port(acceptor_.local_endpoint().port()).sslmode(sslmode::verify_full).ca_pem(authority_.certificate_pem());
        const auto port = static_cast<std::uint16_t>(std::stoi(behind.get("port")));
        asio::co_spawn(loop, serve({asio::ip::address_v4::loopback(), port}), asio::detached);
    }
    tls_front(const tls_front&) = delete;
    tls_front& operator=(const tls_front&) = delete;

    const connect_config& config() const noexcept { return config_; }

private:
    using stream = asio::ssl::stream<asio::ip::tcp::socket>;

    asio::awaitable<void> serve(asio::ip::tcp::endpoint behind) {
        stream& client = client_.emplace(co_await acceptor_.async_accept(asio::use_awaitable), tls_);
        acceptor_.close();
        std::array<char, 8> request{};
        co_await asio::async_read(client.next_layer(), asio::buffer(request), asio::use_awaitable);
        co_await asio::async_write(client.next_layer(), asio::buffer(answer_), asio::use_awaitable);
        co_await client.async_handshake(stream::server, asio::use_awaitable);
        co_await server_.async_connect(behind, asio::use_awaitable);
        asio::co_spawn(server_.get_executor(), pass_on(client, server_, 16'384), asio::detached);
        co_await pass_on(server_, client, in_a_record_);
        client.next_layer().close();
    }

    template <class From, class To>
    asio::awaitable<void> pass_on(From& from, To& to, std::size_t at_once) {
        std::array<char, 16'384> bytes{};
        boost::system::error_code ended;
        while (!ended) {
            const auto some = asio::buffer(bytes, at_once);
            const auto size = co_await from.async_read_some(some, asio::redirect_error(asio::use_awaitable, ended));
            if (!ended) {
                co_await asio::async_write(to, asio::buffer(bytes, size), asio::redirect_error(asio::use_awaitable, ended));
            }
        }
        server_.close();
    }

    testing::certificate_authority authority_;
    asio::ip::tcp::acceptor acceptor_;
    asio::ssl::context tls_;
    std::optional<stream> client_;
    asio::ip::tcp::socket server_;
    connect_config config_;
    std::size_t in_a_record_;
    std::string answer_;
};

} // namespace pgcoro::test
