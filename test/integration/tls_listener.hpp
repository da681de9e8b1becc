// SPDX-License-Identifier: BSL-1.0
// The beginning of a PostgreSQL server: it agrees to TLS, shakes hands, and counts what the client then says.
#pragma once

#include <pgcoro/testing/certificate_authority.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <future>
#include <thread>

namespace pgcoro::test {

class tls_listener {
public:
    /// For one client. `adjust` may change how OpenSSL does it.
    explicit tls_listener(const testing::certificate& identity, const std::function<void(SSL_CTX*)>& adjust = {})
        : acceptor_(loop_, {boost::asio::ip::address_v4::loopback(), 0}), tls_(boost::asio::ssl::context::tls_server) {
        tls_.use_certificate_chain(boost::asio::buffer(identity.certificate_pem));
        tls_.use_private_key(boost::asio::buffer(identity.key_pem), boost::asio::ssl::context::pem);
        if (adjust) {
            adjust(tls_.native_handle());
        }
        heard_ = std::async(std::launch::async, [this] { return serve(); });
    }

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    /// How many bytes came inside TLS until the client went; blocks until it has gone.
    std::size_t bytes_heard() { return heard_.get(); }

private:
    std::size_t serve() {
        namespace asio = boost::asio;
        asio::ssl::stream<asio::ip::tcp::socket> client(acceptor_.accept(), tls_);
        std::array<char, 8> request{};
        asio::read(client.next_layer(), asio::buffer(request));
        asio::write(client.next_layer(), asio::buffer("S", 1));
        boost::system::error_code failure;
        client.handshake(asio::ssl::stream_base::server, failure);
        std::array<char, 1000> rest{};
        // What a client waits for does not come: it goes after its first words at the latest.
        return failure ? 0 : client.read_some(asio::buffer(rest), failure);
    }

    boost::asio::io_context loop_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::ssl::context tls_;
    std::future<std::size_t> heard_;
};

} // namespace pgcoro::test
