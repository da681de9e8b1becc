// SPDX-License-Identifier: BSL-1.0
// A listener on a strand of several threads, used from others.
#include "support/libpq_session.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/listener.hpp>

#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <variant>

namespace {

namespace asio = boost::asio;
using pgcoro::test::libpq_session;
using pgcoro::test::shared_server;

TEST(listener_threads, a_listener_on_a_strand_is_used_from_anywhere) {
    asio::thread_pool threads(3);
    {
        pgcoro::listener l(asio::make_strand(threads), pgcoro::connect_config(shared_server().dsn()));
        for (int i = 0; i < 8; ++i) {
            const auto listening = l.listen("channel" + std::to_string(i))(asio::use_future).get();
            ASSERT_TRUE(listening) << listening.error();
        }
        libpq_session sender(shared_server().dsn());
        sender.value("select count(pg_notify('channel' || n % 8, n::text)) from generate_series(1, 200) n");
        std::set<std::string> seen;
        while (seen.size() < 200) {
            auto event = l.next()(asio::use_future).get();
            ASSERT_TRUE(event) << event.error();
            if (const auto* const n = std::get_if<pgcoro::notification>(&event.value())) {
                EXPECT_TRUE(seen.insert(n->payload).second);
            }
        }
        auto waiting = l.next()(asio::use_future);
        l.close();
        EXPECT_FALSE(waiting.get());
    }
    threads.join();
}

} // namespace
