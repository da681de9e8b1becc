// SPDX-License-Identifier: BSL-1.0
// A server that talks on and on inside TLS, faster than it is listened to, and in records of an awkward size.
#include "security/hostile.hpp"

#include <pgcoro/testing/certificate_authority.hpp>

#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <future>

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::errc;
using pgcoro::task;

/// On a thread of its own: on the client's loop it could say nothing while the client listens.
class tls_chatterbox {
public:
    tls_chatterbox() : acceptor_(loop_, {asio::ip::address_v4::loopback(), 0}), tls_(asio::ssl::context::tls_server) {
        const auto authority = pgcoro::testing::certificate_authority::create().value();
        const auto identity = authority.issue(pgcoro::testing::certificate_options::for_server()).value();
        tls_.use_certificate_chain(asio::buffer(identity.certificate_pem));
        tls_.use_private_key(asio::buffer(identity.key_pem), asio::ssl::context::pem);
        ended_ = std::async(std::launch::async, [this] { serve(); });
    }

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    std::size_t said() const noexcept { return said_; }

private:
    static constexpr std::size_t enough = 256 * megabyte;
    static constexpr std::size_t largest_record = 16 * 1024;

    void serve() {
        asio::ssl::stream<asio::ip::tcp::socket> client(acceptor_.accept(), tls_);
        std::array<char, 8> request{};
        asio::read(client.next_layer(), asio::buffer(request));
        asio::write(client.next_layer(), asio::buffer("S", 1));
        boost::system::error_code ended;
        client.handshake(asio::ssl::stream_base::server, ended);
        std::array<char, 1000> words{};
        client.read_some(asio::buffer(words), ended);
        asio::write(client, asio::buffer(welcome()), ended);
        client.read_some(asio::buffer(words), ended);
        // Twelve kilobytes first: then each of the client's buffers ends within a record.
        const auto chunk = notice(std::string(100, 'x'));
        std::string all;
        while (all.size() < largest_record * chunk.size()) {
            all += chunk;
        }
        asio::write(client, asio::buffer(all, chunk.size() * 96), ended);
        while (!ended && said_ < enough) {
            for (std::size_t at = 0; !ended && at < all.size(); at += largest_record) {
                said_ += asio::write(client, asio::buffer(all.data() + at, largest_record), ended);
            }
        }
    }

    asio::io_context loop_;
    asio::ip::tcp::acceptor acceptor_;
    asio::ssl::context tls_;
    std::atomic<std::size_t> said_ = 0;
    std::future<void> ended_;
};

TEST(hostile_flood, inside_of_tls) {
    tls_chatterbox server;
    connect_config config("host=127.0.0.1 user=u password=p sslmode=require");
    config.port(server.port());
    const auto before = resident();
    const auto body = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(config));
        auto told = co_await c.execute(pgcoro::unchecked_sql("select 1")).within(300ms);
        EXPECT_EQ(error_of(told), errc::timed_out) << error_of(told);
        expect_growth_below(50 * megabyte, before);
        co_return success();
    };
    run(body);
}

} // namespace
