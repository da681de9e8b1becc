// SPDX-License-Identifier: BSL-1.0
// More than one server: which one is taken, and what is said of the others.
#include "integration/connecting.hpp"
#include "integration/tls_server.hpp"
#include "support/broken_line.hpp"
#include "support/shared_server.hpp"

#include <thread>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::errc;
using pgcoro::session_attrs;
using pgcoro::sqlstate;
using pgcoro::testing::ephemeral_server;

/// The shared server behind other ones.
connect_config after(std::uint16_t first, std::string_view host = "127.0.0.1") {
    connect_config config(shared_server().tcp_dsn());
    return config.host(host).port(first).add_host("127.0.0.1", shared_server().port());
}

TEST(connect_failover, a_refusing_server_is_passed_over) {
    const refusing_port refusing;
    const auto session = connect_now(after(refusing.number()));
    ASSERT_TRUE(session) << session.error();
    EXPECT_EQ(session.value().port, shared_server().port());
    EXPECT_EQ(session.value().address, "127.0.0.1");
    ASSERT_EQ(session.value().failures.size(), 1u);
    EXPECT_EQ(session.value().failures[0].port, refusing.number());
    EXPECT_EQ(session.value().failures[0].reason.code(), boost::system::errc::connection_refused);
}

TEST(connect_failover, a_silent_server_is_left_at_its_timeout) {
    const silent_port silent;
    const auto session = connect_now(after(silent.number()).attempt_timeout(4s));
    ASSERT_TRUE(session) << session.error();
    ASSERT_EQ(session.value().failures.size(), 1u);
    EXPECT_EQ(session.value().failures[0].reason, errc::timed_out);
}

TEST(connect_failover, a_connection_that_is_reset_before_libpq_looks_at_it_is_lost_and_not_refused) {
    const broken_line broken;
    const auto why = refusal(connect_config(shared_server().tcp_dsn()));
    EXPECT_EQ(why, errc::connection_lost) << why;
}

TEST(connect_failover, a_missing_socket_is_passed_over) {
    const auto session = connect_now(after(5432, "/nonexistent"));
    ASSERT_TRUE(session) << session.error();
    ASSERT_EQ(session.value().failures.size(), 1u);
    EXPECT_EQ(session.value().failures[0].host, "/nonexistent");
    EXPECT_EQ(session.value().failures[0].reason.code(), boost::system::errc::no_such_file_or_directory);
}

TEST(connect_failover, a_name_that_does_not_exist_is_passed_over) {
    const auto session = connect_now(after(5432, "no.such.host.invalid"));
    ASSERT_TRUE(session) << session.error();
    ASSERT_EQ(session.value().failures.size(), 1u);
    EXPECT_EQ(session.value().failures[0].host, "no.such.host.invalid");
    EXPECT_EQ(session.value().failures[0].address, "");
}

TEST(connect_failover, a_name_is_looked_up) {
    const auto session = connect_now(connect_config(shared_server().tcp_dsn()).host("localhost"));
    ASSERT_TRUE(session) << session.error();
    EXPECT_EQ(session.value().host, "localhost");
    EXPECT_TRUE(session.value().address == "127.0.0.1" || session.value().address == "::1") << session.value().address;
}

TEST(connect_failover, the_error_lists_every_attempt) {
    const refusing_port first;
    const refusing_port second;
    connect_config config("user=u");
    config.host("127.0.0.1").port(first.number()).add_host("127.0.0.1", second.number()).add_host("/nonexistent", 5432);
    const auto failed = connect_now(config);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error(), errc::connect_failed);
    ASSERT_EQ(failed.error().attempts().size(), 3u);
    EXPECT_EQ(failed.error().attempts()[0].port, first.number());
    EXPECT_EQ(failed.error().attempts()[1].port, second.number());
    EXPECT_EQ(failed.error().attempts()[2].host, "/nonexistent");
    EXPECT_NE(failed.error().message().find(std::to_string(second.number())), std::string::npos);
    EXPECT_TRUE(failed.error().safe_to_retry());
}

TEST(connect_failover, a_limit_over_all_ends_it_in_the_middle) {
    const silent_port silent;
    connect_config config("user=u");
    config.host("127.0.0.1").port(silent.number()).add_host("127.0.0.1", silent.number()).timeout(100ms).attempt_timeout(0ms);
    const auto failed = connect_now(config);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error(), errc::timed_out);
    EXPECT_EQ(failed.error().attempts().size(), 1u);
}

TEST(connect_failover, a_full_server_is_passed_over) {
    pgcoro::testing::server_options options;
    options.settings = {{"max_connections", "4"}, {"superuser_reserved_connections", "3"}, {"max_wal_senders", "0"}};
    options.users = {{"trusted", "right"}};
    auto full = ephemeral_server::create(options).value();
    auto patient = login(full, "trusted");
    patient.retry({}); // the session that has made the user may not be gone yet
    const auto only = connect_now(patient);
    ASSERT_TRUE(only) << only.error();

    const auto refused = connect_now(login(full, "trusted"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), sqlstate::too_many_connections) << refused.error();
    const auto elsewhere = connect_now(login(full, "trusted").add_host("127.0.0.1", tls_server().port()));
    ASSERT_TRUE(elsewhere) << elsewhere.error();
    ASSERT_EQ(elsewhere.value().failures.size(), 1u);
    EXPECT_EQ(elsewhere.value().failures[0].reason, sqlstate::too_many_connections);
}

TEST(connect_failover, rounds_are_repeated_until_the_server_is_there) {
    auto server = ephemeral_server::create().value();
    ASSERT_TRUE(server.stop());
    pgcoro::backoff_options often;
    often.initial = often.maximum = 50ms;
    often.attempts = 10'000;
    connect_config config(server.tcp_dsn());
    config.retry(often);

    std::thread starter([&] { EXPECT_TRUE(server.start()); });
    const auto session = connect_now(config);
    starter.join();
    ASSERT_TRUE(session) << session.error();
}

TEST(connect_failover, spent_retries_end_it) {
    const refusing_port refusing;
    pgcoro::backoff_options twice;
    twice.initial = 1ms;
    twice.attempts = 2;
    connect_config config("user=u host=127.0.0.1");
    const auto failed = connect_now(config.port(refusing.number()).retry(twice));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code(), boost::system::errc::connection_refused);
    EXPECT_EQ(failed.error().attempts().size(), 3u);
}

class connect_target : public testing::Test {
protected:
    static void SetUpTestSuite() {
        primary_.emplace(ephemeral_server::create().value());
        standby_.emplace(primary_->make_standby().value());
    }
    static void TearDownTestSuite() {
        standby_.reset();
        primary_.reset();
    }

    /// "primary" or "standby", whichever is taken of the two in this order; else the error.
    static std::string taken(session_attrs wanted, bool standby_first) {
        connect_config config(primary_->tcp_dsn());
        const auto& first = standby_first ? *standby_ : *primary_;
        const auto& second = standby_first ? *primary_ : *standby_;
        config.port(first.port()).add_host("127.0.0.1", second.port()).target_session_attrs(wanted);
        const auto session = connect_now(config);
        if (!session) {
            return session.error().describe();
        }
        return value(session.value(), "select pg_is_in_recovery()") == "t" ? "standby" : "primary";
    }

    static inline std::optional<ephemeral_server> primary_;
    static inline std::optional<ephemeral_server> standby_;
};

TEST_F(connect_target, each_attribute_finds_its_server_in_either_order) {
    for (const bool standby_first : {false, true}) {
        EXPECT_EQ(taken(session_attrs::any, standby_first), standby_first ? "standby" : "primary");
        EXPECT_EQ(taken(session_attrs::read_write, standby_first), "primary");
        EXPECT_EQ(taken(session_attrs::read_only, standby_first), "standby");
        EXPECT_EQ(taken(session_attrs::primary, standby_first), "primary");
        EXPECT_EQ(taken(session_attrs::standby, standby_first), "standby");
        EXPECT_EQ(taken(session_attrs::prefer_standby, standby_first), "standby");
    }
}

TEST_F(connect_target, a_server_that_defaults_to_read_only_is_a_primary_but_not_read_write) {
    connect_config config(primary_->tcp_dsn());
    config.options("-c default_transaction_read_only=on");
    EXPECT_TRUE(connect_now(config.target_session_attrs(session_attrs::primary)));
    EXPECT_TRUE(connect_now(config.target_session_attrs(session_attrs::read_only)));
    const auto refused = connect_now(config.target_session_attrs(session_attrs::read_write));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), errc::no_matching_server) << refused.error();
}

TEST_F(connect_target, no_server_of_the_kind_is_an_error_with_the_attempts) {
    connect_config config(standby_->tcp_dsn());
    const auto failed = connect_now(config.target_session_attrs(session_attrs::primary));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error(), errc::no_matching_server) << failed.error();
    EXPECT_EQ(failed.error().attempts().size(), 1u);
}

TEST_F(connect_target, prefer_standby_takes_a_primary_when_the_standby_is_down) {
    ASSERT_TRUE(standby_->stop());
    EXPECT_EQ(taken(session_attrs::prefer_standby, true), "primary");
    EXPECT_EQ(taken(session_attrs::prefer_standby, false), "primary");
    ASSERT_TRUE(standby_->start());
}

} // namespace
