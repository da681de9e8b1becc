// SPDX-License-Identifier: BSL-1.0
// What can be done to a throwaway server: stop, kill, pause, standby.
#include "support/libpq_session.hpp"
#include "support/shared_server.hpp"

#include <gtest/gtest.h>

#include <poll.h>

namespace {

using pgcoro::errc;
using pgcoro::test::libpq_session;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::shutdown_mode;

bool readable(libpq_session& session, int milliseconds) {
    pollfd waiting{PQsocket(session.native()), POLLIN, 0};
    return ::poll(&waiting, 1, milliseconds) == 1;
}

class server_life : public ::testing::Test {
protected:
    ephemeral_server server = ephemeral_server::create().value();
};

TEST_F(server_life, stop_ends_it_and_start_brings_it_back_on_the_same_port) {
    const auto dsn = server.tcp_dsn();
    ASSERT_TRUE(server.run_sql("create table kept as select 42 as n"));
    for (const auto mode : {shutdown_mode::fast, shutdown_mode::immediate, shutdown_mode::smart}) {
        auto stopped = server.stop(mode);
        ASSERT_TRUE(stopped) << stopped.error();
        EXPECT_FALSE(server.is_running());
        EXPECT_FALSE(libpq_session(dsn).connected());
        EXPECT_TRUE(server.stop()) << "stopping twice";

        auto started = server.start();
        ASSERT_TRUE(started) << started.error();
        EXPECT_TRUE(server.is_running());
        EXPECT_TRUE(server.start()) << "starting twice";
        libpq_session session(dsn);
        EXPECT_EQ(session.value("select n from kept"), "42");
    }
}

TEST_F(server_life, restart_ends_sessions_and_keeps_data) {
    libpq_session before(server.dsn());
    before.value("create table kept as select 42 as n");
    auto restarted = server.restart();
    ASSERT_TRUE(restarted) << restarted.error();
    EXPECT_TRUE(before.value("select 1").starts_with("<error>"));
    EXPECT_EQ(libpq_session(server.dsn()).value("select n from kept"), "42");
}

TEST_F(server_life, kill_closes_connections_without_a_word_and_keeps_what_was_committed) {
    libpq_session session(server.dsn());
    session.value("create table kept as select 42 as n");
    auto killed = server.kill();
    ASSERT_TRUE(killed) << killed.error();
    EXPECT_FALSE(server.is_running());

    ASSERT_TRUE(readable(session, 10'000));
    char byte;
    EXPECT_LE(::recv(PQsocket(session.native()), &byte, 1, 0), 0) << "a FATAL message was sent";

    auto started = server.start();
    ASSERT_TRUE(started) << started.error();
    EXPECT_EQ(libpq_session(server.dsn()).value("select n from kept"), "42");
}

TEST_F(server_life, pause_silences_sessions_and_the_postmaster_until_resume) {
    libpq_session session(server.dsn());
    auto paused = server.pause();
    ASSERT_TRUE(paused) << paused.error();

    ASSERT_EQ(PQsendQuery(session.native(), "select 1"), 1);
    PGconn* late = PQconnectStart(server.dsn().c_str()); // the kernel accepts it, nobody answers
    EXPECT_FALSE(readable(session, 200));
    while (PQconnectPoll(late) == PGRES_POLLING_WRITING) {
    }
    EXPECT_EQ(PQstatus(late), CONNECTION_AWAITING_RESPONSE);
    PQfinish(late);

    ASSERT_TRUE(server.resume());
    PGresult* answer = PQgetResult(session.native());
    EXPECT_EQ(PQresultStatus(answer), PGRES_TUPLES_OK);
    PQclear(answer);
    EXPECT_TRUE(libpq_session(server.dsn()).connected());
}

TEST_F(server_life, a_paused_server_can_be_stopped_killed_and_thrown_away) {
    ASSERT_TRUE(server.pause());
    auto stopped = server.stop();
    ASSERT_TRUE(stopped) << stopped.error();
    EXPECT_FALSE(server.pause()) << "it does not run";
    ASSERT_TRUE(server.start());
    ASSERT_TRUE(server.pause());
    auto killed = server.kill();
    ASSERT_TRUE(killed) << killed.error();
    ASSERT_TRUE(server.start());
    ASSERT_TRUE(server.pause());
    const auto folder = server.socket_directory();
    {
        const auto thrown_away = std::move(server);
    }
    EXPECT_FALSE(std::filesystem::exists(folder));
    server = ephemeral_server::create().value();
}

TEST_F(server_life, a_standby_streams_and_is_promoted) {
    ASSERT_TRUE(server.run_sql("create table t as select 1 as n"));
    auto made = server.make_standby({{"application_name", "second"}});
    ASSERT_TRUE(made) << made.error();
    auto& standby = made.value();
    EXPECT_NE(standby.port(), server.port());

    libpq_session replica(standby.tcp_dsn());
    ASSERT_TRUE(replica.connected()) << replica.complaint();
    EXPECT_EQ(replica.value("select pg_is_in_recovery()"), "t");
    EXPECT_EQ(replica.value("show application_name"), "second");
    ASSERT_TRUE(server.run_sql("insert into t values (2)"));
    auto caught_up = standby.catch_up_with(server);
    ASSERT_TRUE(caught_up) << caught_up.error();
    EXPECT_EQ(replica.value("select count(*) from t"), "2");
    EXPECT_TRUE(replica.value("insert into t values (3)").starts_with("<error>"));

    ASSERT_TRUE(server.stop());
    auto promoted = standby.promote();
    ASSERT_TRUE(promoted) << promoted.error();
    EXPECT_EQ(replica.value("insert into t values (3)"), "");
    EXPECT_TRUE(standby.promote().error() == pgcoro::sqlstate::object_not_in_prerequisite_state);
}

} // namespace
