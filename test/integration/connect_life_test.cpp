// SPDX-License-Identifier: BSL-1.0
// A connector from start to end, whichever end: nothing is left behind, nothing is said on stderr.
#include "connect/endpoint_plan.hpp"
#include "integration/connecting.hpp"
#include "integration/tls_server.hpp"
#include "support/shared_server.hpp"

#include <boost/asio/thread_pool.hpp>

#include <future>
#include <thread>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::errc;
using pgcoro::result;
using pgcoro::wire::connector;

constexpr auto never = connector::clock::time_point::max();

TEST(connect_life, over_a_unix_socket) {
    const auto session = connect_now(shared_server().dsn());
    ASSERT_TRUE(session) << session.error();
    EXPECT_EQ(session.value().host, shared_server().socket_directory().string());
    EXPECT_EQ(session.value().address, "");
    EXPECT_FALSE(session.value().tls);
    EXPECT_EQ(PQisnonblocking(session.value().connection.get()), 1);
    EXPECT_EQ(value(session.value(), "show client_encoding"), "UTF8");
}

TEST(connect_life, with_the_newest_protocol_if_asked) {
#ifdef LIBPQ_HAS_FULL_PROTOCOL_VERSION
    const auto session = connect_now(connect_config(shared_server().dsn()).set("max_protocol_version", "latest"));
    ASSERT_TRUE(session) << session.error();
    const auto* const libpq = session.value().connection.get();
    EXPECT_EQ(PQfullProtocolVersion(libpq), PQserverVersion(libpq) >= 180000 ? 30002 : 30000);
#else
    GTEST_SKIP() << "libpq knows one version of the protocol before 18";
#endif
}

TEST(connect_life, a_malformed_configuration_is_an_error_of_connect) {
    EXPECT_EQ(refusal("nonsense"), errc::invalid_configuration);
    const auto refused = connect_now("host=/run sslmode=perhaps");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), errc::invalid_configuration) << refused.error();
}

TEST(connect_life, a_peer_that_is_no_postgresql_is_a_lost_connection) {
    for (const char* mode : {"disable", "require"}) {
        silent_port port;
        auto served = std::async(std::launch::async, [&] { port.answer("HTTP/1.1 400 Bad Request\r\n\r\n"); });
        connect_config config("host=127.0.0.1 user=u");
        const auto refused = connect_now(config.port(port.number()).set("sslmode", mode));
        served.wait();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), errc::connection_lost) << refused.error();
    }
}

TEST(connect_life, a_server_that_hangs_up_is_a_lost_connection) {
    for (const char* mode : {"disable", "require"}) {
        silent_port port;
        auto served = std::async(std::launch::async, [&] { port.answer(""); });
        connect_config config("host=127.0.0.1 user=u");
        const auto refused = connect_now(config.port(port.number()).set("sslmode", mode));
        served.wait();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), errc::connection_lost) << refused.error();
        EXPECT_FALSE(pgcoro::wire::is_permanent(refused.error()));
    }
}

TEST(connect_life, a_deadline_in_the_past_ends_it) {
    boost::asio::io_context loop;
    std::optional<result<established>> outcome;
    const silent_port silent;
    connect_config config("host=127.0.0.1 user=u");
    connector::start(loop.get_executor(), config.port(silent.number()), connector::clock::now() - 1s,
                     [&](auto made) { outcome = std::move(made); });
    loop.run();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error(), errc::timed_out);
}

TEST(connect_life, errors_come_with_the_ordinary_short_text_once_connected) {
    const auto session = connect_now(shared_server().dsn());
    ASSERT_TRUE(session) << session.error();
    EXPECT_EQ(value(session.value(), "select no_such_column").find("LOCATION"), std::string::npos);
}

TEST(connect_life, notices_reach_the_hook) {
    std::vector<std::string> heard;
    connect_config config(shared_server().dsn());
    config.on_notice([&](const pgcoro::notice& n) { heard.push_back(std::string(n.severity()) + " " + n.message()); });
    const auto session = connect_now(config);
    ASSERT_TRUE(session) << session.error();
    value(session.value(), "do $$ begin raise warning 'take care'; end $$");
    EXPECT_EQ(heard, std::vector<std::string>{"WARNING take care"});
}

TEST(connect_life, a_hook_that_throws_harms_nothing) {
    connect_config config(shared_server().dsn());
    config.on_notice([](const pgcoro::notice&) { throw std::runtime_error("no"); });
    const auto session = connect_now(config);
    ASSERT_TRUE(session) << session.error();
    value(session.value(), "do $$ begin raise warning 'take care'; end $$");
    EXPECT_EQ(value(session.value(), "select 1"), "1");
}

TEST(connect_life, cancelled_before_it_began) {
    boost::asio::io_context loop;
    std::optional<result<established>> outcome;
    auto running = connector::start(loop.get_executor(), connect_config(shared_server().dsn()), never,
                                    [&](auto made) { outcome = std::move(made); });
    running->cancel();
    EXPECT_FALSE(outcome) << "completed inside cancel";
    loop.run();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().code(), boost::system::errc::operation_canceled);
}

TEST(connect_life, cancelled_from_another_thread_while_the_server_is_silent) {
    silent_port silent;
    boost::asio::io_context loop;
    std::optional<result<established>> outcome;
    connect_config config("host=127.0.0.1 user=u sslmode=disable");
    auto running = connector::start(loop.get_executor(), config.port(silent.number()), never,
                                    [&](auto made) { outcome = std::move(made); });
    auto heard = std::async(std::launch::async, [&] { return silent.hear([&] { running->cancel(); }); });
    loop.run();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().code(), boost::system::errc::operation_canceled);
    EXPECT_EQ(outcome->error().attempts().size(), 1u);
    EXPECT_NE(heard.get().find("user"), std::string::npos); // and it ended: our end of the socket is closed
}

TEST(connect_life, cancelled_at_every_step_it_leaves_nothing_behind) {
    const auto config = login(tls_server(), "scram").add_host("localhost", tls_server().port());
    const auto before = open_descriptors();
    bool connected = false;
    for (int steps = 0; !connected; ++steps) {
        ASSERT_LT(steps, 200);
        std::optional<result<established>> outcome;
        std::weak_ptr<connector> left;
        {
            boost::asio::io_context loop;
            auto running = connector::start(loop.get_executor(), config, never, [&](auto made) { outcome = std::move(made); });
            left = running;
            for (int step = 0; step < steps; ++step) {
                loop.run_one();
            }
            running->cancel();
            running.reset();
            loop.restart();
            loop.run();
            EXPECT_TRUE(left.expired()) << "after " << steps << " steps";
        }
        ASSERT_TRUE(outcome) << "after " << steps << " steps";
        connected = outcome->has_value();
        EXPECT_TRUE(connected || outcome->error().code() == boost::system::errc::operation_canceled) << outcome->error();
        outcome.reset();
        EXPECT_EQ(open_descriptors(), before) << "after " << steps << " steps";
    }
}

TEST(connect_life, a_loop_destroyed_in_the_middle_frees_everything) {
    silent_port silent;
    std::future<std::string> heard;
    bool completed = false;
    const auto before = open_descriptors();
    {
        boost::asio::io_context loop;
        connect_config config("host=127.0.0.1 user=u");
        connector::start(loop.get_executor(), config.port(silent.number()), never, [&](auto) { completed = true; });
        heard = std::async(std::launch::async, [&] { return silent.hear([&] { loop.stop(); }); });
        loop.run();
    }
    heard.wait();
    EXPECT_FALSE(completed);
    EXPECT_EQ(open_descriptors(), before);
}

TEST(connect_life, on_a_helper_executor) {
    boost::asio::thread_pool helper(2);
    boost::asio::io_context loop;
    std::promise<std::pair<std::thread::id, result<established>>> done;
    auto config = login(tls_server(), "scram").helper_executor(helper.get_executor());
    connector::start(loop.get_executor(), config, never,
                     [&](auto made) { done.set_value({std::this_thread::get_id(), std::move(made)}); });
    EXPECT_EQ(loop.run(), 0u) << "the loop itself has nothing to do";
    auto [thread, session] = done.get_future().get();
    EXPECT_NE(thread, std::this_thread::get_id());
    ASSERT_TRUE(session) << session.error();
    EXPECT_EQ(value(session.value(), "select current_user"), "scram");
}

TEST(connect_life, many_at_once_on_one_loop) {
    boost::asio::io_context loop;
    std::vector<result<established>> made;
    for (int n = 0; n < 20; ++n) {
        connector::start(loop.get_executor(), connect_config(shared_server().tcp_dsn()), never,
                         [&](auto outcome) { made.push_back(std::move(outcome)); });
    }
    loop.run();
    ASSERT_EQ(made.size(), 20u);
    for (const auto& session : made) {
        EXPECT_TRUE(session) << session.error();
    }
}

TEST(connect_life, connections_from_a_finished_loop_stay_usable) {
    const auto session = connect_now(shared_server().tcp_dsn());
    ASSERT_TRUE(session) << session.error();
    EXPECT_EQ(value(session.value(), "select 41 + 1"), "42");
}

} // namespace
