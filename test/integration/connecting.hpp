// SPDX-License-Identifier: BSL-1.0
// Drives the connector until it is done, and looks at what it made.
#pragma once

#include "connect/connector.hpp"
#include "support/descriptors.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace pgcoro::test {

using established = wire::established;

/// Connects on a loop of its own. A connector that never completes fails here after a minute instead of hanging.
inline result<established> connect_now(connect_config config) {
    boost::asio::io_context loop;
    std::optional<result<established>> outcome;
    const auto deadline = wire::connector::clock::now() + std::chrono::minutes(1);
    wire::connector::start(loop.get_executor(), std::move(config), deadline,
                           [&](result<established> made) { outcome = std::move(made); });
    loop.run();
    EXPECT_TRUE(outcome) << "the connector ran out of work without completing";
    return outcome ? std::move(*outcome) : result<established>();
}

/// Why connecting failed; no error if it did not.
inline error refusal(connect_config config) {
    const auto session = connect_now(std::move(config));
    return session ? error() : session.error();
}

/// The first value a query gives on a connection the connector made.
inline std::string value(const established& session, const char* sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer(PQexec(session.connection.get(), sql), &PQclear);
    return PQntuples(answer.get()) > 0 ? PQgetvalue(answer.get(), 0, 0) : PQresultErrorMessage(answer.get());
}

/// A loopback port that nobody listens on, and nobody else gets, as long as this lives: connecting is refused.
class refusing_port {
public:
    refusing_port() : socket_(loop_) {
        using boost::asio::ip::tcp;
        socket_.open(tcp::v4());
        socket_.bind({boost::asio::ip::address_v4::loopback(), 0});
    }
    std::uint16_t number() const { return socket_.local_endpoint().port(); }

private:
    boost::asio::io_context loop_;
    boost::asio::ip::tcp::socket socket_;
};

/// A loopback port where connections are taken by the system and never answered.
class silent_port {
public:
    silent_port() : acceptor_(loop_, {boost::asio::ip::address_v4::loopback(), 0}) {}
    std::uint16_t number() const { return acceptor_.local_endpoint().port(); }

    /// Takes the next client, calls `then` when it has said something, and gives all it says until it goes; blocks.
    std::string hear(const std::function<void()>& then) {
        auto client = acceptor_.accept();
        client.wait(boost::asio::ip::tcp::socket::wait_read);
        then();
        std::string text(1000, '\0');
        boost::system::error_code end;
        const auto size = boost::asio::read(client, boost::asio::buffer(text), end);
        return text.substr(0, size);
    }

    /// Reads the first words of the next client, answers, and hangs up in an orderly way; blocks.
    void answer(std::string_view text) {
        auto client = acceptor_.accept();
        std::array<char, 1000> words{};
        client.read_some(boost::asio::buffer(words));
        boost::asio::write(client, boost::asio::buffer(text));
    }

private:
    boost::asio::io_context loop_;
    boost::asio::ip::tcp::acceptor acceptor_;
};

} // namespace pgcoro::test
