// SPDX-License-Identifier: BSL-1.0
// `pgcoro::connect` from a coroutine: what the connector found is there, and cancellation and deadlines reach it.
#include "integration/connecting.hpp"
#include "integration/tls_server.hpp"

#include <pgcoro/connection.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <future>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::result;

/// What `connect` gives in a coroutine, on a loop that ends with it.
result<connection> connected(connect_config config) {
    boost::asio::io_context loop;
    std::optional<result<connection>> made;
    const auto body = [&]() -> boost::asio::awaitable<void> {
        auto r = co_await pgcoro::connect(config);
        made = std::move(r);
    };
    boost::asio::co_spawn(loop, body, boost::asio::detached);
    while (!made && loop.run_one() != 0) {
    }
    if (made && *made) {
        made->value().close(); // its executor is about to go
    }
    return made ? std::move(*made) : result<connection>();
}

TEST(connect_operation, tells_where_it_arrived_and_how) {
    const refusing_port refusing;
    auto config = login(tls_server(), "scram").host("127.0.0.1").port(refusing.number());
    config.add_host("localhost", tls_server().port()).ca_file(tls_server().ca_file().string());

    boost::asio::io_context loop;
    auto made = pgcoro::connect(loop.get_executor(), config.sslmode(pgcoro::sslmode::verify_full))(boost::asio::use_future);
    while (made.wait_for(0s) != std::future_status::ready && loop.run_one() != 0) {
    }
    auto r = made.get();
    ASSERT_TRUE(r) << r.error();
    auto& c = r.value();
    EXPECT_EQ(c.host(), "localhost");
    EXPECT_EQ(c.port(), tls_server().port());
    ASSERT_TRUE(c.tls());
    EXPECT_EQ(c.tls()->peer_sha256.size(), 64u);
    ASSERT_GE(c.failed_attempts().size(), 1u);
    EXPECT_EQ(c.failed_attempts()[0].port, refusing.number());
    c.close();
    loop.run();
}

/// How many threads this process has.
std::ptrdiff_t threads() {
    using iterator = std::filesystem::directory_iterator;
    return std::distance(iterator("/proc/self/task"), iterator());
}

// With a second thread, each lock, reference and system call of the process costs more. Asio starts some for its system
// executor, when that is only asked for its context, and one for the first name it looks up.
TEST(connect_operation, starts_no_thread_where_there_is_no_name_to_look_up) {
    const auto config = login(tls_server(), "scram").host("127.0.0.1").sslmode(pgcoro::sslmode::require);
    const auto before = threads();
    boost::asio::io_context loop;
    const auto body = [&]() -> boost::asio::awaitable<void> {
        const auto made = co_await pgcoro::connect(config);
        EXPECT_TRUE(made) << made.error();
        EXPECT_EQ(threads(), before);
    };
    boost::asio::co_spawn(loop, body, boost::asio::detached);
    loop.run();
    loop.restart();

    const auto tracked = boost::asio::prefer(loop.get_executor(), boost::asio::execution::outstanding_work.tracked);
    for (const boost::asio::any_io_executor& executor :
         {boost::asio::any_io_executor(tracked), boost::asio::any_io_executor(boost::asio::make_strand(loop))}) {
        auto made = pgcoro::connect(executor, config)(boost::asio::use_future);
        while (made.wait_for(0s) != std::future_status::ready && loop.run_one() != 0) {
        }
        auto r = made.get();
        ASSERT_TRUE(r) << r.error();
        EXPECT_EQ(threads(), before);
        r.value().close();
        loop.poll(); // not run(): `tracked` counts as work for as long as it lives
        loop.restart();
    }
}

TEST(connect_operation, a_failure_has_the_servers_sqlstate_and_the_attempts) {
    const auto refused = connected(login(tls_server(), "scram", "wrong"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), pgcoro::sqlstate::invalid_password);
    EXPECT_EQ(refused.error().attempts().size(), 1u);
}

TEST(connect_operation, a_malformed_string_fails_here) {
    const auto refused = connected("host=db nonsense");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), errc::invalid_configuration);
}

TEST(connect_operation, within_is_a_limit_over_all) {
    const silent_port silent;
    connect_config config("host=127.0.0.1 user=u");
    config.port(silent.number());
    boost::asio::io_context loop;
    auto made = pgcoro::connect(loop.get_executor(), config).within(50ms)(boost::asio::use_future);
    loop.run();
    auto r = made.get();
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error(), errc::timed_out) << r.error();
}

TEST(connect_operation, a_cancellation_signal_ends_it) {
    const silent_port silent;
    connect_config config("host=127.0.0.1 user=u");
    config.port(silent.number());
    const auto before = open_descriptors();
    std::optional<result<connection>> made;
    {
        boost::asio::io_context loop;
        boost::asio::cancellation_signal stop;
        pgcoro::connect(loop.get_executor(), config)(
            boost::asio::bind_cancellation_slot(stop.slot(), [&](result<connection> r) { made = std::move(r); }));
        loop.poll(); // until it waits for the server
        stop.emit(boost::asio::cancellation_type::terminal);
        loop.run();
    }
    ASSERT_TRUE(made);
    EXPECT_EQ(made->error().code(), boost::system::errc::operation_canceled) << made->error();
    EXPECT_EQ(open_descriptors(), before);
}

TEST(connect_operation, a_helper_executor_hands_the_connection_over) {
    boost::asio::thread_pool helper(1);
    boost::asio::io_context loop;
    auto config = login(tls_server(), "scram").helper_executor(helper.get_executor());
    std::thread::id completed_on;
    std::optional<result<connection>> made;
    pgcoro::connect(loop.get_executor(), config)([&](result<connection> r) {
        completed_on = std::this_thread::get_id();
        made = std::move(r);
        if (*made) {
            made->value().close();
        }
    });
    loop.run();
    ASSERT_TRUE(made);
    EXPECT_TRUE(*made) << made->error();
    EXPECT_EQ(completed_on, std::this_thread::get_id());
}

} // namespace
