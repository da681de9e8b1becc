// SPDX-License-Identifier: BSL-1.0
// What a throwaway server is like: where it answers, what its options do, what it says when it cannot be had.
#include "support/libpq_session.hpp"
#include "support/shared_server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace {

using namespace pgcoro::literals;
using pgcoro::errc;
using pgcoro::test::libpq_session;
using pgcoro::test::shared_server;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::password_encryption;
using pgcoro::testing::server_options;

std::string login(const ephemeral_server& server, const std::string& user, const std::string& password) {
    return "host=127.0.0.1 port=" + std::to_string(server.port()) + " dbname=postgres user=" + user + " password=" + password;
}

TEST(ephemeral_server, answers_on_the_socket_and_on_tcp) {
    for (const auto& dsn : {shared_server().dsn(), shared_server().tcp_dsn(), shared_server().tcp_dsn() + " host=::1"}) {
        libpq_session session(dsn);
        ASSERT_TRUE(session.connected()) << session.complaint();
        EXPECT_EQ(session.value("select current_user"), "postgres");
    }
}

TEST(ephemeral_server, does_not_let_strangers_in_over_tcp) {
    EXPECT_FALSE(libpq_session(login(shared_server(), "postgres", "guessed")).connected());
}

TEST(ephemeral_server, knows_its_version) {
    libpq_session session(shared_server().dsn());
    EXPECT_EQ(std::to_string(shared_server().server_version()), session.value("show server_version_num"));
}

TEST(ephemeral_server, is_gone_with_its_files_when_the_object_goes) {
    std::string dsn;
    std::filesystem::path folder;
    {
        auto server = ephemeral_server::create().value();
        dsn = server.dsn();
        folder = server.socket_directory();
        ASSERT_TRUE(libpq_session(dsn).connected());
    }
    EXPECT_FALSE(std::filesystem::exists(folder));
    EXPECT_FALSE(libpq_session(dsn).connected());
}

TEST(ephemeral_server, applies_settings_and_users) {
    server_options options;
    options.superuser = "The Root";
    options.settings = {{"application_name", R"(it's a \ test)"}, {"max_connections", "17"}};
    options.users = {{"scram_user", "right"}, {"md5_user", "right", password_encryption::md5}, {"Odd \"one\"", "it's"}};
    auto server = ephemeral_server::create(options).value();

    libpq_session super(server.dsn());
    ASSERT_TRUE(super.connected()) << super.complaint();
    EXPECT_EQ(super.value("select current_user"), options.superuser);
    EXPECT_EQ(super.value("show application_name"), R"(it's a \ test)");
    EXPECT_EQ(super.value("show max_connections"), "17");
    const std::string kept = "select substr(rolpassword, 1, 3) from pg_authid where rolname = ";
    EXPECT_EQ(super.value(kept + "'scram_user'"), "SCR");
    EXPECT_EQ(super.value(kept + "'md5_user'"), "md5");

    for (const std::string user : {"scram_user", "md5_user"}) {
        libpq_session right(login(server, user, "right"));
        EXPECT_TRUE(right.connected()) << right.complaint();
        EXPECT_FALSE(libpq_session(login(server, user, "wrong")).connected()) << user;
    }
    libpq_session odd(login(server, R"('Odd "one"')", R"('it\'s')"));
    EXPECT_TRUE(odd.connected()) << odd.complaint();
}

TEST(ephemeral_server, lets_its_hba_lines_decide_first) {
    server_options options;
    options.users = {{"alice", "secret"}, {"bob", "secret"}};
    options.hba_lines = {"host all alice all reject", "host all bob all trust"};
    auto server = ephemeral_server::create(options).value();
    EXPECT_FALSE(libpq_session(login(server, "alice", "secret")).connected());
    EXPECT_TRUE(libpq_session(login(server, "bob", "wrong")).connected());
}

TEST(ephemeral_server, run_sql_gives_values_and_sqlstates) {
    EXPECT_EQ(shared_server().run_sql("select 1, 'a'; select 2").value(), "1|a\n2\n");
    EXPECT_EQ(shared_server().run_sql("select current_database(), null, true", "template1").value(), "template1||t\n");
    EXPECT_EQ(shared_server().run_sql("copy pg_class to stdout").error(), pgcoro::errc::copy_not_supported);
    EXPECT_EQ(shared_server().run_sql("select 1", "nowhere").error(), pgcoro::errc::server_unavailable);
    EXPECT_EQ(shared_server().run_sql(std::string("select 1\0", 9)).error(), pgcoro::errc::invalid_text);
    const auto failed = shared_server().run_sql("select 1;\nselect 1/0");
    ASSERT_FALSE(failed);
    EXPECT_TRUE(failed.error() == pgcoro::sqlstate::division_by_zero) << failed.error();
    EXPECT_FALSE(failed.error().message().empty());
    EXPECT_EQ(failed.error().severity(), "ERROR");
}

TEST(ephemeral_server, that_cannot_start_quotes_its_log) {
    server_options options;
    options.settings = {{"max_connections", "as many as you like"}};
    const auto server = ephemeral_server::create(options);
    ASSERT_FALSE(server);
    EXPECT_TRUE(server.error() == errc::server_unavailable);
    EXPECT_NE(server.error().message().find("as many as you like"), std::string::npos) << server.error();
}

class variable {
public:
    variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    ~variable() { ::unsetenv(name_); }

private:
    const char* name_;
};

TEST(ephemeral_server, without_an_installation_says_where_it_looked) {
    const variable nowhere("PGCORO_POSTGRES_BIN", "/nonexistent/bin");
    const auto server = ephemeral_server::create();
    ASSERT_FALSE(server);
    EXPECT_TRUE(server.error() == errc::server_unavailable);
    EXPECT_NE(server.error().message().find("/nonexistent/bin"), std::string::npos) << server.error();
}

TEST(ephemeral_server, is_not_confused_by_the_environment_of_libpq) {
    const variable host("PGHOST", "nowhere.invalid"), data("PGDATA", "/nonexistent"), port("PGPORT", "1"),
        options("PGOPTIONS", "-x"), address("PGHOSTADDR", "192.0.2.1"), peer("PGREQUIREPEER", "nobody_at_all"),
        mode("PGSSLMODE", "verify-full"), attributes("PGTARGETSESSIONATTRS", "standby");
    auto server = ephemeral_server::create();
    ASSERT_TRUE(server) << server.error();
    EXPECT_EQ(server.value().run_sql("select 1").value(), "1\n");
}

} // namespace
