// SPDX-License-Identifier: BSL-1.0
// PostgreSQL through the fault proxy, judged by plain libpq, which blocks.
#include "support/libpq_session.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>
#include <pgcoro/testing/fault_proxy.hpp>

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>

namespace {

using pgcoro::test::libpq_session;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::fault_proxy;
using pgcoro::testing::fault_proxy_options;
using pgcoro::testing::fault_script;
using pgcoro::testing::greeting;
using pgcoro::testing::server_options;

class faulty_session : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server_options options;
        options.tls.emplace();
        server_ = std::make_unique<ephemeral_server>(ephemeral_server::create(options).value());
    }
    static void TearDownTestSuite() { server_.reset(); }

    static fault_proxy_options with_unix_socket() {
        fault_proxy_options options;
        options.socket_directory = server_->socket_directory();
        return options;
    }

    /// What the cancel request of a session says: "" if it was sent.
    static std::string cancel(const libpq_session& session) {
        std::array<char, 256> complaint{};
        const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> request(PQgetCancel(session.native()), PQfreeCancel);
        return PQcancel(request.get(), complaint.data(), complaint.size()) == 1 ? "" : complaint.data();
    }

    inline static std::unique_ptr<ephemeral_server> server_;
    fault_proxy proxy_ = fault_proxy::create(*server_, with_unix_socket()).value();
};

TEST_F(faulty_session, tls_and_scram_go_through_a_byte_at_a_time) {
    fault_script sliced;
    sliced.upstream.slicer = sliced.downstream.slicer = 1;
    proxy_.always(sliced);
    libpq_session session(proxy_.dsn() + " sslmode=verify-full sslrootcert=" + server_->ca_file().string());
    ASSERT_TRUE(session.connected()) << session.complaint();
    EXPECT_EQ(session.value("select ssl from pg_stat_ssl where pid = pg_backend_pid()"), "t");
    EXPECT_EQ(session.value("select 42"), "42");
}

TEST_F(faulty_session, the_unix_socket_is_there_as_long_as_the_proxy) {
    const auto file = server_->socket_directory() / (".s.PGSQL." + std::to_string(proxy_.port()));
    {
        libpq_session session(proxy_.unix_dsn());
        ASSERT_TRUE(session.connected()) << session.complaint();
        EXPECT_EQ(session.value("select 42"), "42");
    }
    proxy_.disable();
    EXPECT_FALSE(libpq_session(proxy_.unix_dsn()).connected());
    ASSERT_TRUE(proxy_.enable());
    EXPECT_TRUE(libpq_session(proxy_.unix_dsn()).connected());
    EXPECT_TRUE(std::filesystem::exists(file));
    proxy_ = fault_proxy::create(*server_).value();
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_EQ(proxy_.unix_dsn(), "");
}

TEST_F(faulty_session, a_cancel_request_is_a_connection_like_others) {
    libpq_session session(proxy_.dsn());
    libpq_session judge(server_->dsn());
    const auto pid = std::to_string(PQbackendPID(session.native()));
    ASSERT_EQ(PQsendQuery(session.native(), "select pg_sleep(600)"), 1);
    while (judge.value("select wait_event from pg_stat_activity where pid = " + pid) != "PgSleep") {
    }
    fault_script refused;
    refused.at_start = greeting::refuse;
    proxy_.next(refused);

    cancel(session); // whether its request was heard libpq does not know
    EXPECT_EQ(judge.value("select state from pg_stat_activity where pid = " + pid), "active");
    EXPECT_EQ(cancel(session), "");
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer(PQgetResult(session.native()), PQclear);
    EXPECT_STREQ(PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE), "57014");
    const auto all = proxy_.connections();
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[1].upstream, 0u);
    EXPECT_EQ(all[2].upstream, 16u) << "the length of a CancelRequest";
}

TEST_F(faulty_session, a_session_is_as_long_the_second_time) {
    for (int i = 0; i < 2; ++i) {
        libpq_session session(proxy_.dsn() + " sslmode=disable");
        EXPECT_EQ(session.value("select 42"), "42");
    }
    ASSERT_TRUE(proxy_.wait_until_closed());
    const auto all = proxy_.connections();
    EXPECT_EQ(all[0].upstream, all[1].upstream);
    EXPECT_GT(all[0].downstream, 0u);
}

} // namespace
