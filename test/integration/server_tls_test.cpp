// SPDX-License-Identifier: BSL-1.0
// TLS of a throwaway server, and the certificates a client has to refuse.
#include "support/libpq_session.hpp"

#include <pgcoro/testing/certificate_authority.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <gtest/gtest.h>

#include <fstream>

#include <sys/stat.h>

namespace {

using pgcoro::errc;
using pgcoro::test::libpq_session;
using pgcoro::testing::certificate_authority;
using pgcoro::testing::certificate_options;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::server_options;
using pgcoro::testing::server_tls;

ephemeral_server with_tls(const server_tls& tls) {
    server_options options;
    options.tls = tls;
    options.users = {{"alice", "secret"}, {"bob", "secret"}};
    options.hba_lines = {"hostssl all alice all cert", "hostnossl all all all reject"};
    return ephemeral_server::create(options).value();
}

std::string verified(const ephemeral_server& server, const std::string& host) {
    return server.tcp_dsn() + " host=" + host + " sslmode=verify-full sslrootcert=" + server.ca_file().string();
}

std::filesystem::path write(const ephemeral_server& server, const char* name, const std::string& text) {
    const auto file = server.socket_directory() / name;
    std::ofstream(file) << text;
    ::chmod(file.c_str(), 0600);
    return file;
}

TEST(server_tls, verifies_under_all_its_names) {
    const auto server = with_tls({});
    for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
        libpq_session session(verified(server, host));
        EXPECT_TRUE(session.connected()) << session.complaint();
        EXPECT_EQ(PQsslInUse(session.native()), 1);
    }
    EXPECT_FALSE(libpq_session(server.tcp_dsn() + " sslmode=disable").connected());
}

TEST(server_tls, certificates_of_users_log_them_in_and_nobody_else) {
    server_tls tls;
    tls.client_certificates = {"alice", "bob"};
    const auto server = with_tls(tls);
    const auto with = [&](const char* owner, const char* user) {
        return verified(server, "localhost") + " sslcert=" + server.client_certificate_file(owner).string() +
               " sslkey=" + server.client_key_file(owner).string() + " user=" + user;
    };
    libpq_session alice(with("alice", "alice"));
    EXPECT_TRUE(alice.connected()) << alice.complaint();
    EXPECT_FALSE(libpq_session(with("bob", "alice")).connected());
    EXPECT_FALSE(libpq_session(verified(server, "localhost") + " user=alice sslcert=/nonexistent").connected());
    EXPECT_TRUE(server.client_key_file("carol").empty());
}

TEST(server_tls, an_encrypted_key_needs_its_passphrase) {
    const auto server = with_tls({});
    auto options = certificate_options::for_client("alice");
    options.key_passphrase = "open sesame";
    const auto issued = server.authority().issue(options).value();
    const auto dsn = verified(server, "localhost") +
                     " user=alice sslcert=" + write(server, "alice.crt", issued.certificate_pem).string() +
                     " sslkey=" + write(server, "alice.key", issued.key_pem).string();
    libpq_session alice(dsn + " sslpassword='open sesame'");
    EXPECT_TRUE(alice.connected()) << alice.complaint();
    EXPECT_FALSE(libpq_session(dsn + " sslpassword=guessed").connected());
}

TEST(server_tls, a_certificate_for_another_host_is_refused) {
    server_tls tls;
    tls.certificate.common_name = "db.example";
    tls.certificate.dns_names = {"db.example"};
    tls.certificate.ip_addresses = {};
    const auto server = with_tls(tls);
    EXPECT_FALSE(libpq_session(verified(server, "localhost")).connected());
    libpq_session unchecked(verified(server, "localhost") + " sslmode=verify-ca");
    EXPECT_TRUE(unchecked.connected()) << unchecked.complaint();
    libpq_session named(verified(server, "db.example") + " hostaddr=127.0.0.1");
    EXPECT_TRUE(named.connected()) << named.complaint();
}

TEST(server_tls, an_expired_certificate_is_refused) {
    server_tls tls;
    tls.certificate.valid_until = -std::chrono::hours(1);
    const auto server = with_tls(tls);
    EXPECT_FALSE(libpq_session(verified(server, "localhost")).connected());
    EXPECT_TRUE(libpq_session(server.tcp_dsn() + " sslmode=require").connected());
}

TEST(server_tls, another_authority_is_not_trusted_and_a_given_one_is) {
    const auto known = certificate_authority::create().value(), stranger = certificate_authority::create().value();
    server_tls tls;
    tls.authority = known;
    const auto server = with_tls(tls);
    const auto trusting = [&](const certificate_authority& who) {
        return server.tcp_dsn() + " host=localhost sslmode=verify-full sslrootcert=" +
               write(server, "trusted.crt", who.certificate_pem()).string();
    };
    EXPECT_FALSE(libpq_session(trusting(stranger)).connected());
    EXPECT_TRUE(libpq_session(trusting(known)).connected());
}

TEST(server_tls, a_standby_has_the_certificates_of_its_primary) {
    auto server = with_tls({});
    auto standby = server.make_standby();
    ASSERT_TRUE(standby) << standby.error();
    libpq_session session(standby.value().tcp_dsn() +
                          " host=localhost sslmode=verify-full sslrootcert=" + server.ca_file().string());
    EXPECT_TRUE(session.connected()) << session.complaint();
}

TEST(certificate_authority, refuses_names_no_certificate_can_hold) {
    const auto authority = certificate_authority::create().value();
    auto options = certificate_options::for_server();
    options.ip_addresses = {"not an address"};
    EXPECT_TRUE(authority.issue(options).error() == errc::invalid_configuration);
    EXPECT_FALSE(certificate_authority().issue(certificate_options::for_server()));
}

} // namespace
