// SPDX-License-Identifier: BSL-1.0
// Servers that misuse SCRAM, in which the server says how much the client has to calculate.
#include "connect/connect_options.hpp"
#include "security/hostile.hpp"
#include "security/tls_front.hpp"

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using pgcoro::connect_config;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::task;

/// What the server makes of the client's nonce.
using challenge = std::function<std::string(const std::string&)>;

// No count here is one that a client without a limit would calculate at for long: the limit is set low instead.
constexpr std::uint32_t low_limit = 5000;

challenge with_iterations(std::string count) {
    return [count](const std::string& nonce) { return sasl_continue("r=" + nonce + "x,s=c2FsdHNhbHQ=,i=" + count); };
}

/// Asks for SCRAM, answers with what the challenge makes of it, and with a signature that cannot be right. `answered` becomes
/// true if the client has gone on to say its proof.
hostile_server::script scram(challenge make, bool& answered, std::size_t at_once = 1'000'000) {
    return [=, &answered](victim& client) -> asio::awaitable<void> {
        co_await client.hear_first_words();
        co_await client.say(sasl("SCRAM-SHA-256"));
        const auto first = co_await client.hear('p');
        const auto words = make(first.substr(first.rfind("r=") + 2));
        for (std::size_t at = 0; at < words.size(); at += at_once) {
            co_await client.say(words.substr(at, at_once));
            co_await asio::post(asio::use_awaitable);
        }
        co_await client.hear('p');
        answered = true;
        co_await client.say(authentication(12, "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
        co_await client.stay();
    };
}

class hostile_scram : public testing::Test {
protected:
    error refusal(challenge make, std::size_t at_once = 1'000'000) {
        answered_ = false;
        return refusal_of(scram(std::move(make), answered_, at_once), {}, low_limit);
    }
    bool answered_ = false;
};

TEST_F(hostile_scram, a_server_that_does_not_know_the_password_is_found_out) {
    for (const std::size_t at_once : {1'000'000u, 1u}) {
        const auto why = refusal(with_iterations("4096"), at_once);
        EXPECT_EQ(why, errc::authentication_failed) << why;
        EXPECT_TRUE(answered_);
    }
}

TEST_F(hostile_scram, more_iterations_than_allowed_are_refused_before_they_begin) {
    for (const char* count : {"5001", "5100", "06000", "-1", " 7", "+7", "7x"}) {
        for (const std::size_t at_once : {1'000'000u, 7u, 1u}) {
            const auto why = refusal(with_iterations(count), at_once);
            EXPECT_EQ(why, errc::authentication_failed) << why;
            EXPECT_NE(why.message().find("scram_iterations_limit"), std::string::npos) << why;
            EXPECT_FALSE(answered_) << count;
        }
    }
}

TEST_F(hostile_scram, no_iterations_at_all_are_refused) {
    for (const char* count : {"0", ""}) {
        const auto why = refusal(with_iterations(count));
        EXPECT_EQ(why, errc::authentication_failed) << why;
        EXPECT_FALSE(answered_) << count;
    }
}

TEST_F(hostile_scram, a_challenge_in_the_clothes_of_the_last_word) {
    const auto why =
        refusal([](const std::string& nonce) { return authentication(12, "r=" + nonce + "x,s=c2FsdHNhbHQ=,i=5001"); });
    EXPECT_EQ(why, errc::authentication_failed) << why;
    EXPECT_FALSE(answered_);
}

TEST_F(hostile_scram, a_nonce_that_is_not_ours_a_salt_that_is_none_and_attributes_without_end) {
    const std::string tail = ",s=c2FsdHNhbHQ=,i=1";
    const challenge makers[] = {
        [&](const std::string&) { return sasl_continue("r=somebodyelses" + tail); },
        [&](const std::string& nonce) { return sasl_continue("r=" + nonce + "x,s=?,i=1"); },
        [&](const std::string& nonce) { return sasl_continue("r=" + nonce + std::string(100'000, 'x') + tail); },
        [&](const std::string& nonce) { return sasl_continue("r=" + nonce + "x,s=" + std::string(100'000, 'A') + ",i=1"); },
        [&](const std::string&) { return sasl_continue(""); },
        [&](const std::string&) { return sasl_continue(std::string(100, '\0')); },
    };
    for (const auto& make : makers) {
        const auto why = refusal(make);
        EXPECT_TRUE(why == errc::authentication_failed || why == errc::connection_lost) << why;
        EXPECT_FALSE(answered_) << why;
    }
}

TEST_F(hostile_scram, what_comes_before_it_may_is_refused) {
    const auto why = refusal_of([](victim& client) -> asio::awaitable<void> {
        co_await client.hear_first_words();
        co_await client.say(sasl("SCRAM-SHA-256") + "R");
        co_await client.stay();
    });
    EXPECT_EQ(why, errc::connection_lost) << why;
}

TEST_F(hostile_scram, inside_of_tls_it_is_the_same) {
    for (const std::size_t in_a_record : {16'384u, 3u}) {
        for (const char* count : {"4096", "5001"}) {
            asio::io_context loop(1);
            answered_ = false;
            hostile_server server(loop, scram(with_iterations(count), answered_));
            tls_front front(loop, server.config().scram_iterations_limit(low_limit), in_a_record);
            const auto body = [&]() -> task<> {
                auto made = co_await connect(front.config()).within(long_enough);
                EXPECT_EQ(error_of(made), errc::authentication_failed) << error_of(made);
                EXPECT_EQ(answered_, std::string_view(count) == "4096");
                co_return success();
            };
            run(loop, body);
        }
    }
}

TEST_F(hostile_scram, the_limit_is_a_setting) {
    EXPECT_EQ(connect_config().details().scram_iterations_limit, 100'000u);
    for (const std::uint32_t limit : {5000u, 5001u, 0u}) {
        asio::io_context loop(1);
        answered_ = false;
        hostile_server server(loop, scram(with_iterations("5001"), answered_));
        const auto body = [&]() -> task<> {
            auto config = server.config();
            auto made = co_await connect(config.scram_iterations_limit(limit)).within(long_enough);
            EXPECT_EQ(error_of(made), errc::authentication_failed) << error_of(made);
            EXPECT_EQ(answered_, limit != 5000);
            co_return success();
        };
        run(loop, body);
    }
}

} // namespace
