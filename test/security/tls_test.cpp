// SPDX-License-Identifier: BSL-1.0
// Whom we talk to, and whether anybody listens. Most of this is in integration/connect_tls_test.cpp; here is the rest of what
// docs/security.md claims.
#include "integration/tls_listener.hpp"
#include "security/hostile.hpp"
#include "security/tls_front.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using pgcoro::connect_config;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::task;
using pgcoro::testing::certificate_authority;
using pgcoro::testing::certificate_options;

/// A server that answers the request for TLS with these bytes.
error refusal_of_answer(const std::string& bytes, std::string_view settings, std::string& heard) {
    return refusal_of(
        [&](victim& client) -> asio::awaitable<void> {
            co_await client.hear_first_words();
            co_await client.say(bytes);
            char c = 0;
            while (true) {
                co_await asio::async_read(client.socket(), asio::buffer(&c, 1), asio::use_awaitable);
                heard += c;
            }
        },
        settings);
}

TEST(tls, a_server_that_says_it_has_none_hears_nothing_from_us) {
    std::string heard;
    EXPECT_EQ(refusal_of_answer("N", "sslmode=require", heard), errc::tls_unavailable);
    EXPECT_EQ(heard, "");
}

// CVE-2024-10977: what a stranger says before TLS is no message of the server's, and not worth showing.
TEST(tls, an_error_in_place_of_an_answer_is_not_believed) {
    std::string heard;
    const auto why = refusal_of_answer(failure("28P01", "please log in at evil.example", "FATAL"), "sslmode=require", heard);
    EXPECT_EQ(why, errc::connection_lost) << why;
    EXPECT_EQ(why.describe().find("evil"), std::string::npos) << why;
    EXPECT_EQ(heard, "");
}

// CVE-2021-23222: what was said before the handshake must not pass for something said inside.
TEST(tls, what_comes_with_the_answer_is_not_taken_for_something_said_inside) {
    bool spoken_to = false;
    const auto script = [&](victim& client) -> asio::awaitable<void> {
        co_await client.hear_first_words();
        spoken_to = true;
    };
    asio::io_context loop(1);
    hostile_server server(loop, script);
    tls_front front(loop, server.config(), 16'384, "S" + welcome());
    const auto body = [&]() -> task<> {
        auto made = co_await connect(front.config()).within(long_enough);
        EXPECT_TRUE(error_of(made) == errc::tls_failed || error_of(made) == errc::certificate_invalid) << error_of(made);
        co_return success();
    };
    run(loop, body);
    EXPECT_FALSE(spoken_to);
}

TEST(tls, garbage_in_place_of_an_answer) {
    for (const char* bytes : {"x", "HTTP/1.1 400\r\n\r\n", "\xff", "G"}) {
        std::string heard;
        const auto why = refusal_of_answer(bytes, "sslmode=require", heard);
        EXPECT_EQ(why, errc::connection_lost) << why;
        EXPECT_EQ(heard, "");
    }
}

TEST(tls, garbage_in_place_of_the_handshake) {
    std::string heard;
    const auto script = [&](victim& client) -> asio::awaitable<void> {
        co_await client.hear_first_words();
        co_await client.say("S");
        char c = 0;
        co_await asio::async_read(client.socket(), asio::buffer(&c, 1), asio::use_awaitable);
        co_await client.say(std::string(10'000, 'x'));
        co_await client.stay();
    };
    const auto why = refusal_of(script, "sslmode=require");
    EXPECT_TRUE(why == errc::tls_failed || why == errc::connection_lost) << why;
}

TEST(tls, a_server_that_knows_nothing_newer_than_1_1_is_refused) {
    const auto authority = certificate_authority::create().value();
    const auto old = [](SSL_CTX* context) {
        SSL_CTX_set_security_level(context, 0); // or OpenSSL would not do it either
        SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
    };
    tls_listener listener(authority.issue(certificate_options::for_server()).value(), old);
    connect_config config("host=127.0.0.1 user=u password=hunter2 sslmode=require");
    error why;
    const auto body = [&]() -> task<> {
        auto made = co_await connect(config.port(listener.port())).within(long_enough);
        why = error_of(made);
        co_return success();
    };
    run(body);
    EXPECT_EQ(why, errc::tls_failed) << why;
    EXPECT_EQ(listener.bytes_heard(), 0u);
}

TEST(tls, channel_binding_that_is_not_offered_is_missed_before_the_password_is_used) {
    bool answered = false;
    const auto script = [&](victim& client) -> asio::awaitable<void> {
        co_await client.hear_first_words();
        co_await client.say(sasl("SCRAM-SHA-256")); // and no SCRAM-SHA-256-PLUS
        co_await client.hear('p');
        answered = true;
    };
    asio::io_context loop(1);
    hostile_server server(loop, script);
    tls_front front(loop, server.config(), 16'384);
    const auto body = [&]() -> task<> {
        auto config = front.config();
        auto made = co_await connect(config.channel_binding(pgcoro::channel_binding::require)).within(long_enough);
        EXPECT_EQ(error_of(made), errc::authentication_failed) << error_of(made);
        co_return success();
    };
    run(loop, body);
    EXPECT_FALSE(answered);
}

/// A file that goes with the test.
class temporary_file {
public:
    explicit temporary_file(const std::string& content) {
        const int descriptor = ::mkstemp(path_.data());
        ::close(descriptor);
        std::ofstream(path_) << content;
    }
    ~temporary_file() { std::filesystem::remove(path_); }
    const std::string& path() const noexcept { return path_; }

private:
    std::string path_ = "/tmp/pgcoro-test-XXXXXX";
};

TEST(tls, a_revoked_certificate_is_refused) {
    const auto authority = certificate_authority::create().value();
    const auto good = authority.issue(certificate_options::for_server()).value();
    const auto lost = authority.issue(certificate_options::for_server()).value();
    const temporary_file list(authority.revocation_list({lost}).value());
    for (const auto* shown : {&good, &lost}) {
        tls_listener listener(*shown);
        connect_config config("host=127.0.0.1 user=u password=hunter2 sslmode=verify-full");
        config.port(listener.port()).ca_pem(authority.certificate_pem()).set("sslcrl", list.path());
        error why;
        const auto body = [&]() -> task<> {
            auto made = co_await connect(config).within(long_enough);
            why = error_of(made);
            co_return success();
        };
        run(body);
        // The listener says nothing more to those it could shake hands with.
        EXPECT_EQ(why, shown == &lost ? errc::certificate_invalid : errc::connection_lost) << why;
        EXPECT_EQ(listener.bytes_heard() == 0, shown == &lost);
    }
}

} // namespace
