// SPDX-License-Identifier: BSL-1.0
// Encrypted or not, and with whom: sslmode, certificates, pins.
#include "integration/connecting.hpp"
#include "integration/tls_listener.hpp"
#include "integration/tls_server.hpp"
#include "support/shared_server.hpp"

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::errc;
using pgcoro::sslmode;
using pgcoro::testing::certificate_authority;
using pgcoro::testing::certificate_options;

connect_config with(sslmode mode) {
    auto config = login(tls_server(), "trusted");
    return config.sslmode(mode).host("localhost").ca_file(tls_server().ca_file().string());
}

std::string encrypted(const pgcoro::result<established>& session) {
    return session ? value(session.value(), "select ssl from pg_stat_ssl where pid = pg_backend_pid()")
                   : session.error().describe();
}

/// A listener that shows a certificate, and what becomes of a client that trusts `authority`.
pgcoro::error refusal_of(const certificate_options& shown, const certificate_authority& issuer,
                         const certificate_authority& trusted, sslmode mode) {
    tls_listener listener(issuer.issue(shown).value());
    connect_config config("host=localhost hostaddr=127.0.0.1 user=u");
    config.port(listener.port()).sslmode(mode).ca_pem(trusted.certificate_pem());
    const auto refused = connect_now(config);
    EXPECT_EQ(listener.bytes_heard(), 0u);
    EXPECT_FALSE(refused);
    return refused ? pgcoro::error() : refused.error();
}

TEST(connect_tls, sslmodes_with_a_server_that_offers_tls) {
    EXPECT_EQ(encrypted(connect_now(with(sslmode::disable))), "f");
    EXPECT_EQ(encrypted(connect_now(with(sslmode::allow))), "f");
    EXPECT_EQ(encrypted(connect_now(with(sslmode::prefer))), "t");
    EXPECT_EQ(encrypted(connect_now(with(sslmode::require))), "t");
    EXPECT_EQ(encrypted(connect_now(with(sslmode::verify_ca))), "t");
    EXPECT_EQ(encrypted(connect_now(with(sslmode::verify_full))), "t");
}

TEST(connect_tls, allow_falls_back_to_tls_where_the_server_demands_it) {
    EXPECT_EQ(encrypted(connect_now(login(tls_server(), "tls_only").sslmode(sslmode::allow))), "t");
}

TEST(connect_tls, sslmodes_with_a_server_that_has_no_tls) {
    for (const auto mode : {sslmode::disable, sslmode::allow, sslmode::prefer}) {
        EXPECT_EQ(encrypted(connect_now(connect_config(shared_server().tcp_dsn()).sslmode(mode))), "f");
    }
    for (const auto mode : {sslmode::require, sslmode::verify_ca, sslmode::verify_full}) {
        auto config = connect_config(shared_server().tcp_dsn());
        const auto refused = connect_now(config.sslmode(mode).ca_file(tls_server().ca_file().string()));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), errc::tls_unavailable) << refused.error();
        EXPECT_EQ(refused.error().attempts().size(), 1u);
    }
}

TEST(connect_tls, facts_are_told) {
    const auto session = connect_now(with(sslmode::verify_full));
    ASSERT_TRUE(session) << session.error();
    ASSERT_TRUE(session.value().tls);
    const auto& tls = *session.value().tls;
    EXPECT_EQ(tls.protocol, value(session.value(), "select version from pg_stat_ssl where pid = pg_backend_pid()"));
    EXPECT_EQ(tls.cipher, value(session.value(), "select cipher from pg_stat_ssl where pid = pg_backend_pid()"));
    EXPECT_TRUE(tls.peer_subject.starts_with("CN=")) << tls.peer_subject;
    EXPECT_EQ(tls.peer_issuer, "CN=pgcoro test authority");
    EXPECT_GT(tls.peer_expires, std::chrono::system_clock::now() + 24h);
    EXPECT_LT(tls.peer_expires, std::chrono::system_clock::now() + 31 * 24h);
    EXPECT_EQ(tls.peer_sha256.size(), 64u);
    const bool both_negotiate = PQlibVersion() >= 170000 && PQserverVersion(session.value().connection.get()) >= 170000;
    EXPECT_EQ(tls.alpn, both_negotiate ? "postgresql" : "");
}

TEST(connect_tls, an_authority_nobody_trusts_is_refused) {
    const auto trusted = certificate_authority::create().value();
    const auto stranger = certificate_authority::create().value();
    for (const auto mode : {sslmode::verify_ca, sslmode::verify_full}) {
        const auto why = refusal_of(certificate_options::for_server(), stranger, trusted, mode);
        EXPECT_EQ(why, errc::certificate_invalid) << why;
    }
}

TEST(connect_tls, another_host_name_is_refused_by_verify_full_only) {
    auto other = certificate_options();
    other.common_name = "other.example";
    other.dns_names = {"other.example"};
    const auto authority = certificate_authority::create().value();
    const auto why = refusal_of(other, authority, authority, sslmode::verify_full);
    EXPECT_EQ(why, errc::certificate_invalid) << why;

    tls_listener listener(authority.issue(other).value());
    connect_config config("host=localhost hostaddr=127.0.0.1 user=u");
    config.port(listener.port()).sslmode(sslmode::verify_ca).ca_pem(authority.certificate_pem());
    EXPECT_EQ(refusal(config), errc::connection_lost); // the listener has no more to say
    EXPECT_GT(listener.bytes_heard(), 0u);
}

TEST(connect_tls, an_expired_certificate_is_refused) {
    auto expired = certificate_options::for_server();
    expired.valid_from = -48h;
    expired.valid_until = -24h;
    const auto authority = certificate_authority::create().value();
    const auto why = refusal_of(expired, authority, authority, sslmode::verify_ca);
    EXPECT_EQ(why, errc::certificate_invalid) << why;
    EXPECT_NE(why.message().find("expired"), std::string::npos) << why;
}

TEST(connect_tls, a_missing_authority_file_is_a_matter_of_configuration) {
    const auto refused = connect_now(with(sslmode::verify_full).ca_file("/nonexistent/ca.crt"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), errc::invalid_configuration) << refused.error();
    EXPECT_EQ(refused.error().attempts().size(), 1u);
}

TEST(connect_tls, the_pinned_certificate_is_talked_to) {
    const auto first = connect_now(login(tls_server(), "scram"));
    ASSERT_TRUE(first && first.value().tls);
    auto config = login(tls_server(), "scram").pin_sha256(std::string(64, '0')).pin_sha256(first.value().tls->peer_sha256);
    const auto session = connect_now(config);
    ASSERT_TRUE(session) << session.error();
    EXPECT_EQ(session.value().tls->peer_sha256, first.value().tls->peer_sha256);
}

TEST(connect_tls, another_certificate_than_the_pinned_one_hears_nothing_from_us) {
    const auto identity = certificate_authority::create().value().issue(certificate_options::for_server()).value();
    for (const bool pinned : {true, false}) {
        tls_listener listener(identity);
        connect_config config("host=127.0.0.1 user=u password=p sslmode=require");
        config.port(listener.port());
        if (pinned) {
            config.pin_sha256(std::string(64, '0'));
        }
        const auto refused = connect_now(config);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), pinned ? errc::certificate_pin_mismatch : errc::connection_lost) << refused.error();
        EXPECT_EQ(listener.bytes_heard() == 0, pinned);
    }
}

TEST(connect_tls, a_pin_allows_no_connection_without_tls) {
    const auto refused = connect_now(connect_config(shared_server().tcp_dsn()).pin_sha256(std::string(64, '0')));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), errc::tls_unavailable) << refused.error();
}

} // namespace
