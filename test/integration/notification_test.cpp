// SPDX-License-Identifier: BSL-1.0
// Notifications without a listener: sending them, and the hook of an ordinary connection.
#include "listener_fixture.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pool.hpp>

#include <memory>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::listener;
using pgcoro::notification;
using pgcoro::task;

class notifying : public listener_test {
protected:
    std::vector<std::string> heard;

    std::string last_heard() const { return heard.empty() ? "nothing" : heard.back(); }
    pgcoro::connect_config hooked() {
        auto c = config();
        c.on_notification([this](const notification& n) { heard.push_back(n.channel + ":" + n.payload); });
        return c;
    }
};

TEST_F(notifying, works_wherever_statements_do) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("News"));
        co_await next_gap(l);
        const auto executor = co_await asio::this_coro::executor;
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(config()));
        BOOST_OUTCOME_CO_TRY(co_await c.notify("News", "from a connection"));
        EXPECT_EQ((co_await next_notification(l)).payload, "from a connection");
        BOOST_OUTCOME_CO_TRY(co_await c.notify("News"));
        EXPECT_EQ((co_await next_notification(l)).payload, "");

        BOOST_OUTCOME_CO_TRY(auto undone, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await undone.notify("News", "rolled back"));
        BOOST_OUTCOME_CO_TRY(co_await undone.rollback());
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.notify("News", "from a transaction"));
        EXPECT_FALSE(l.try_next());
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        EXPECT_EQ((co_await next_notification(l)).payload, "from a transaction");

        pgcoro::pool p(executor, config());
        BOOST_OUTCOME_CO_TRY(co_await p.notify("News", "from a pool"));
        EXPECT_EQ((co_await next_notification(l)).payload, "from a pool");
        pgcoro::multiplexer m(executor, config());
        BOOST_OUTCOME_CO_TRY(co_await m.notify("News", std::string(7999, 'x')));
        EXPECT_EQ((co_await next_notification(l)).payload, std::string(7999, 'x'));
        co_return success();
    });
}

TEST_F(notifying, refuses_what_the_server_would_refuse) {
    with_connection(config(), [&](connection& c) -> task<> {
        auto nameless = co_await c.notify("", "x");
        EXPECT_EQ(error_of(nameless), errc::invalid_channel);
        auto long_name = co_await c.notify(std::string(64, 'x'), "x");
        EXPECT_EQ(error_of(long_name), errc::invalid_channel);
        auto long_text = co_await c.notify("news", std::string(8000, 'x'));
        EXPECT_EQ(error_of(long_text), errc::value_too_large);
        EXPECT_TRUE(error_of(long_text).is(pgcoro::error::nothing_sent));
        EXPECT_TRUE(c.is_open());
        co_return success();
    });
}

TEST_F(notifying, calls_the_hook_of_a_connection_in_order) {
    with_connection(hooked(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("do $$ begin execute 'listen news'; end $$"));
        notify("news", "one");
        notify("news", "two");
        BOOST_OUTCOME_CO_TRY(co_await c.ping());
        EXPECT_EQ(heard, (std::vector<std::string>{"news:one", "news:two"}));
        BOOST_OUTCOME_CO_TRY(co_await c.notify("news", "of its own"));
        EXPECT_EQ(last_heard(), "news:of its own");
        notify("news", "while idle");
        co_await until_true([&] { return c.probe() && last_heard() == "news:while idle"; });
        co_return success();
    });
}

TEST_F(notifying, gives_the_hook_what_comes_with_many_rows) {
    with_connection(hooked(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("listen news"));
        for (int i = 0; i < 20; ++i) {
            notify("news", std::to_string(i));
            BOOST_OUTCOME_CO_TRY(co_await c.fetch<int>("select n from generate_series(1, 20000) n"));
            EXPECT_EQ(heard.size(), static_cast<std::size_t>(i + 1));
        }
        co_return success();
    });
}

TEST_F(notifying, lets_what_a_hook_throws_out_of_the_loop) {
    auto c = config();
    c.on_notification([](const notification& n) { throw std::runtime_error(n.payload); });
    asio::io_context loop;
    std::unique_ptr<connection> made;
    pgcoro::connect(loop.get_executor(), c)([&](pgcoro::result<connection> r) {
        made = std::make_unique<connection>(std::move(r).value());
        made->execute("listen news")(
            [&](const auto&) { made->notify("news", "thrown")([&](const auto& sent) { EXPECT_TRUE(sent); }); });
    });
    EXPECT_THROW(loop.run(), std::runtime_error);
    loop.run();
    EXPECT_TRUE(made->is_open());
    made.reset();
    loop.run();
}

} // namespace
