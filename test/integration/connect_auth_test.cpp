// SPDX-License-Identifier: BSL-1.0
// Who may connect: every way to authenticate that libpq and the server share, and refusals.
#include "integration/connecting.hpp"
#include "integration/tls_server.hpp"

#include <fstream>
#include <iterator>

namespace {

using namespace pgcoro::literals;
using namespace pgcoro::test;
using pgcoro::channel_binding;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::sslmode;

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(connect_auth, every_method_lets_in_who_knows_the_password) {
    for (const char* user : {"scram", "md5", "clear", "trusted"}) {
        const auto session = connect_now(login(tls_server(), user));
        ASSERT_TRUE(session) << user << ": " << session.error();
        EXPECT_EQ(value(session.value(), "select current_user"), user);
    }
}

TEST(connect_auth, a_wrong_password_is_28P01_whatever_the_method) {
    for (const char* user : {"scram", "md5", "clear"}) {
        const auto refused = connect_now(login(tls_server(), user, "wrong"));
        ASSERT_FALSE(refused) << user;
        EXPECT_EQ(refused.error(), sqlstate::invalid_password) << refused.error();
        EXPECT_EQ(refused.error().severity(), "FATAL");
        EXPECT_EQ(refused.error().message(), "password authentication failed for user \"" + std::string(user) + "\"");
        EXPECT_EQ(refused.error().attempts().size(), 1u);
    }
}

TEST(connect_auth, a_missing_password_is_noticed_here) {
    const auto refused = connect_now(login(tls_server(), "scram", "").password_file("/nonexistent"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), errc::authentication_failed) << refused.error();
}

TEST(connect_auth, a_password_file_that_anybody_may_read_is_the_hint_of_a_login_that_fails) {
    const auto path = std::filesystem::temp_directory_path() / ("pgcoro-open-passfile-" + std::to_string(::getpid()));
    std::ofstream(path) << "*:*:*:*:secret\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all | std::filesystem::perms::others_read);
    testing::internal::CaptureStderr();
    const auto refused = connect_now(login(tls_server(), "scram", "").password_file(path.string()));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    std::filesystem::remove(path);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().hint().find("is ignored"), std::string::npos) << refused.error();
}

TEST(connect_auth, an_unknown_database_is_3D000) {
    const auto refused = connect_now(login(tls_server(), "trusted").database("nowhere"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), sqlstate::invalid_catalog_name) << refused.error();
    EXPECT_EQ(refused.error().message(), "database \"nowhere\" does not exist");
}

TEST(connect_auth, a_database_one_may_not_enter_is_42501) {
    ASSERT_TRUE(tls_server().run_sql("create database closed; revoke connect on database closed from public"));
    const auto refused = connect_now(login(tls_server(), "trusted").database("closed"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), sqlstate::insufficient_privilege) << refused.error();
    EXPECT_EQ(refused.error().detail(), "User does not have CONNECT privilege.");
}

TEST(connect_auth, permanent_refusals_stop_at_once) {
    auto config = login(tls_server(), "scram", "wrong");
    config.add_host("127.0.0.1", tls_server().port()).retry(pgcoro::backoff_options());
    const auto refused = connect_now(config);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), sqlstate::invalid_password);
    EXPECT_EQ(refused.error().attempts().size(), 1u);
}

TEST(connect_auth, of_two_refusals_the_one_that_tells_more_is_given) {
    // With TLS the password is wrong; without, this user is rejected whatever the password. libpq tries both, in either order.
    for (const auto mode : {sslmode::prefer, sslmode::allow}) {
        const auto refused = connect_now(login(tls_server(), "tls_password", "wrong").sslmode(mode));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), sqlstate::invalid_password) << refused.error();
    }
}

TEST(connect_auth, a_socket_reopened_under_the_same_number_is_noticed) {
    // Rejected over TLS, libpq closes the socket and opens another one, which gets the number just freed.
    const auto session = connect_now(login(tls_server(), "plain_only").sslmode(sslmode::prefer));
    ASSERT_TRUE(session) << session.error();
    EXPECT_FALSE(session.value().tls);
}

TEST(connect_auth, a_certificate_from_files) {
    auto& server = tls_server();
    auto config = login(server, "alice", "");
    config.client_certificate_file(server.client_certificate_file("alice").string());
    config.client_key_file(server.client_key_file("alice").string());
    const auto session = connect_now(config);
    ASSERT_TRUE(session) << session.error();
    EXPECT_EQ(value(session.value(), "select current_user"), "alice");
}

TEST(connect_auth, a_certificate_from_memory) {
    auto& server = tls_server();
    auto config = login(server, "alice", "");
    config.client_certificate_pem(content(server.client_certificate_file("alice")));
    config.client_key_pem(content(server.client_key_file("alice")));
    config.ca_pem(content(server.ca_file())).sslmode(sslmode::verify_full).host("localhost");
    const auto session = connect_now(config);
    ASSERT_TRUE(session) << session.error();
    EXPECT_EQ(value(session.value(), "select current_user"), "alice");
    EXPECT_EQ(session.value().files.size(), 3u);
}

TEST(connect_auth, an_encrypted_key_from_memory) {
    auto options = pgcoro::testing::certificate_options::for_client("alice");
    options.key_passphrase = "open sesame";
    const auto issued = tls_server().authority().issue(options).value();
    auto config = login(tls_server(), "alice", "").sslmode(sslmode::require);
    config.client_certificate_pem(issued.certificate_pem).client_key_pem(issued.key_pem);

    const auto locked = connect_now(config);
    ASSERT_FALSE(locked);
    EXPECT_EQ(locked.error(), errc::invalid_configuration) << locked.error();

    const auto session = connect_now(config.client_key_password("open sesame"));
    ASSERT_TRUE(session) << session.error();
}

TEST(connect_auth, no_certificate_where_one_is_needed) {
    const auto refused = connect_now(login(tls_server(), "alice").sslmode(sslmode::require));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), sqlstate::invalid_authorization_specification) << refused.error();
    EXPECT_EQ(refused.error().message(), "connection requires a valid client certificate");
}

TEST(connect_auth, a_certificate_the_server_does_not_trust) {
    const auto stranger = pgcoro::testing::certificate_authority::create().value().issue(
        pgcoro::testing::certificate_options::for_client("alice"));
    ASSERT_TRUE(stranger);
    auto config = login(tls_server(), "alice");
    config.client_certificate_pem(stranger.value().certificate_pem).client_key_pem(stranger.value().key_pem);
    const auto refused = connect_now(config.sslmode(sslmode::require));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), errc::tls_failed) << refused.error();
    EXPECT_EQ(refused.error().attempts().size(), 1u);
}

TEST(connect_auth, channel_binding_needs_scram_and_tls) {
    const auto with = [](const char* user, sslmode mode) {
        return connect_now(login(tls_server(), user).sslmode(mode).channel_binding(channel_binding::require));
    };
    const auto session = with("scram", sslmode::require);
    EXPECT_TRUE(session) << session.error();
    const auto plain = with("scram", sslmode::disable);
    ASSERT_FALSE(plain);
    EXPECT_EQ(plain.error(), errc::authentication_failed) << plain.error();
    const auto md5 = with("md5", sslmode::require);
    ASSERT_FALSE(md5);
    EXPECT_EQ(md5.error(), errc::authentication_failed) << md5.error();
}

} // namespace
