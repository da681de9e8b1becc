// SPDX-License-Identifier: BSL-1.0
// Servers that misbehave while a client connects: each is an error of its kind, soon, and none gets what it should not.
#include "security/hostile.hpp"

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using namespace std::string_literals;
using pgcoro::errc;
using pgcoro::error;

/// A server that hears the client's first words, says this, and waits.
error refusal_of_words(const std::string& words, std::string_view settings = {}) {
    return refusal_of(
        [&words](victim& client) -> asio::awaitable<void> {
            co_await client.hear_first_words();
            co_await client.say(words);
            co_await client.stay();
        },
        settings);
}

struct misdeed {
    const char* name;
    std::string words;
};
void PrintTo(const misdeed& m, std::ostream* out) { *out << m.name; }

// In place of the server's first message.
class hostile_first_words : public testing::TestWithParam<misdeed> {};

TEST_P(hostile_first_words, are_a_lost_connection) {
    const auto why = refusal_of_words(GetParam().words);
    EXPECT_EQ(why, errc::connection_lost) << why;
}

INSTANTIATE_TEST_SUITE_P(, hostile_first_words,
                         testing::Values(misdeed{"zeros", std::string(1000, '\0')}, misdeed{"ones", std::string(1000, '\xff')},
                                         misdeed{"text", "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n"},
                                         misdeed{"ready_at_once", ready()}, misdeed{"a_row", row({"yes"})},
                                         misdeed{"a_notice", notice("hello")}, misdeed{"a_parameter", parameter("a", "b")}),
                         [](const auto& i) { return std::string(i.param.name); });

// In place of an authentication request: it began like one.
class hostile_authentication : public testing::TestWithParam<misdeed> {};

TEST_P(hostile_authentication, fails) {
    const auto why = refusal_of_words(GetParam().words);
    EXPECT_TRUE(why == errc::authentication_failed || why == errc::connection_lost) << why;
}

INSTANTIATE_TEST_SUITE_P(
    , hostile_authentication,
    testing::Values(misdeed{"length_0", with_length('R', 0, int32(0))}, misdeed{"length_4", with_length('R', 4, int32(0))},
                    misdeed{"length_negative", with_length('R', -1, int32(0))},
                    misdeed{"length_least", with_length('R', -2147483647 - 1, int32(0))},
                    misdeed{"length_great", with_length('R', 1'000'000, int32(0))},
                    misdeed{"md5_without_salt", authentication(5)}, misdeed{"unknown_request", authentication(4242)},
                    misdeed{"negative_request", authentication(-1)}, misdeed{"kerberos_4", authentication(1)},
                    misdeed{"kerberos_5", authentication(2)}, misdeed{"crypt", authentication(4, "sa")},
                    misdeed{"sspi", authentication(9)}, misdeed{"gss_continue_unasked", authentication(8, "token")},
                    misdeed{"sasl_continue_unasked", sasl_continue("r=x,s=eA==,i=1")},
                    misdeed{"sasl_final_unasked", authentication(12, "v=eA==")},
                    misdeed{"sasl_without_mechanism", authentication(10, "\0"s)},
                    misdeed{"sasl_of_another_kind", sasl("PLAIN")},
                    misdeed{"sasl_list_without_end", authentication(10, "SCRAM-SHA-256")},
                    misdeed{"text_after_r", "Rubbish, and rubbish again, and rubbish for the third time\n"},
                    misdeed{"let_in_then_zeros", authentication(0) + std::string(100, '\0')}),
    [](const auto& i) { return std::string(i.param.name); });

// What is shorter than it says is waited for, as long as an attempt may take.
class hostile_unfinished_words : public testing::TestWithParam<misdeed> {};

TEST_P(hostile_unfinished_words, are_waited_for_and_no_longer_than_an_attempt_may_take) {
    const auto why = refusal_of_words(GetParam().words, "connect_timeout=1");
    EXPECT_EQ(why, errc::timed_out) << why;
}

INSTANTIATE_TEST_SUITE_P(, hostile_unfinished_words,
                         testing::Values(misdeed{"nothing", ""}, misdeed{"request", with_length('R', 12, int32(0))},
                                         misdeed{"key", authentication(0) + message('K', "abc")},
                                         misdeed{"parameter", authentication(0) + message('S', "abc")}),
                         [](const auto& i) { return std::string(i.param.name); });

// What it says after having let the client in, and before the session is ready.
TEST(hostile_connecting, a_session_may_begin_without_a_key_and_without_parameters) {
    EXPECT_FALSE(refusal_of_words(authentication(0) + ready()));
}

TEST(hostile_connecting, results_of_nothing_before_the_session_is_ready_do_no_harm) {
    const auto why = refusal_of_words(authentication(0) + columns({{"a"}}) + row({"yes"}) + complete("SELECT 1") + ready());
    EXPECT_TRUE(!why || why == errc::connection_lost || why == errc::authentication_failed) << why;
}

TEST(hostile_connecting, a_refusal_of_a_hundred_megabytes) {
    const auto before = resident();
    const auto why = refusal_of_words(failure("28000", std::string(100 * megabyte, 'x'), "FATAL"));
    EXPECT_TRUE(why) << why;
    expect_growth_below(1000 * megabyte, before);
}

TEST(hostile_connecting, a_refusal_in_no_known_encoding) {
    const auto why = refusal_of_words(failure("28000", "\xc3\x28 \xff\xfe", "FATAL"));
    EXPECT_EQ(why, pgcoro::sqlstate::invalid_authorization_specification) << why;
    EXPECT_EQ(why.message(), "\xc3\x28 \xff\xfe");
}

TEST(hostile_connecting, a_refusal_without_any_field) {
    const auto why = refusal_of_words(complaint('E', {}));
    EXPECT_TRUE(why == errc::authentication_failed || why == errc::connection_lost) << why;
}

// A password in clear text goes to whoever asks, unless it was forbidden. Not without TLS, if nobody said so: see the tests of
// `sslmode`.
TEST(hostile_connecting, a_password_in_clear_text_is_what_require_auth_forbids) {
    std::string heard;
    const auto ask = [&](victim& client) -> asio::awaitable<void> {
        co_await client.hear_first_words();
        co_await client.say(authentication(3));
        heard = co_await client.hear('p');
    };
    EXPECT_EQ(refusal_of(ask), errc::connection_lost);
    EXPECT_EQ(heard, "hunter2\0"s);

    heard.clear();
    const auto why = refusal_of(ask, "channel_binding=require"); // with any libpq, and with TLS only
    EXPECT_EQ(why, errc::authentication_failed) << why;
    EXPECT_EQ(heard, "");

    pgcoro::connect_config config;
    if (config.set("require_auth", "scram-sha-256").check()) {
        const auto forbidden = refusal_of(ask, "require_auth=scram-sha-256");
        EXPECT_EQ(forbidden, errc::authentication_failed) << forbidden;
        EXPECT_EQ(heard, "");
    } else {
        EXPECT_EQ(config.check().error(), errc::not_supported_by_libpq);
    }
}

} // namespace
