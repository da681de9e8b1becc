// SPDX-License-Identifier: BSL-1.0
// Notifications that libpq reads while it cannot send: nothing makes the socket readable again, so they are taken at once.
#include "listener_fixture.hpp"

#include <pgcoro/testing/fault_proxy.hpp>

#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::notification;
using pgcoro::task;
using pgcoro::testing::fault_proxy;

using blocked_notification = listener_test;

TEST_F(blocked_notification, reaches_the_hook_before_the_statement_is_sent) {
    auto proxy = fault_proxy::create(shared_server()).value();
    std::vector<std::string> heard;
    pgcoro::connect_config where(proxy.dsn());
    where.on_notification([&](const notification& n) { heard.push_back(n.payload); });
    with_connection(where, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("listen blocked"));
        const auto before = proxy.connections().back().downstream;
        notify("blocked", "waits in the socket");
        co_await until_true([&] { return proxy.connections().back().downstream > before; });
        EXPECT_TRUE(heard.empty()) << "an idle connection does not read";
        proxy.freeze();
        for (int turns = 0; turns < 4; ++turns) {
            co_await until_sent(); // the reactor may have seen it, and would wake whoever waits next
        }

        const std::string more_than_the_socket_takes(64 * 1024 * 1024, 'x');
        const started sending(c.fetch_one<int>("select length($1)", more_than_the_socket_takes));
        co_await until_true([&] { return !heard.empty(); });
        EXPECT_EQ(heard, std::vector<std::string>{"waits in the socket"});
        EXPECT_FALSE(sending.is_complete());

        proxy.thaw();
        auto length = co_await sending.get();
        EXPECT_TRUE(length) << error_of(length);
        co_return success();
    });
}

} // namespace
