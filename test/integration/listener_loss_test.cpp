// SPDX-License-Identifier: BSL-1.0
// The session of a listener is lost, while somebody numbers what he sends: what is missing lies in a gap.
#include "listener_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <optional>
#include <set>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::gap;
using pgcoro::gap_cause;
using pgcoro::listener;
using pgcoro::listener_event;
using pgcoro::notification;
using pgcoro::result;
using pgcoro::task;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::shutdown_mode;

using listener_loss = listener_test;

TEST_F(listener_loss, is_told_by_a_gap_and_all_channels_are_listened_to_again) {
    auto options = quick_listener();
    std::vector<error> lost;
    options.on_lost = [&](const error& why) { lost.push_back(why); };
    with_listener(config(), options, [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("one"));
        BOOST_OUTCOME_CO_TRY(co_await l.listen("two"));
        BOOST_OUTCOME_CO_TRY(co_await l.listen("three"));
        BOOST_OUTCOME_CO_TRY(co_await l.unlisten("three"));
        co_await next_gap(l);
        notify("one", "before");
        EXPECT_EQ((co_await next_notification(l)).payload, "before");

        EXPECT_EQ(judge_.value("select pg_terminate_backend(pid, 20000) from pg_stat_activity where "
                               "application_name = 'listener'"),
                  "t");
        const gap missed = co_await next_gap(l);
        EXPECT_EQ(missed.cause, gap_cause::reconnected);
        EXPECT_EQ(missed.channel, "");
        EXPECT_EQ(missed.reason, pgcoro::sqlstate::admin_shutdown);
        EXPECT_EQ(lost.size(), 1u);
        notify("three", "unheard");
        notify("two", "after");
        notify("one", "after that");
        EXPECT_EQ((co_await next_notification(l)).payload, "after");
        EXPECT_EQ((co_await next_notification(l)).payload, "after that");
        co_return success();
    });
}

TEST_F(listener_loss, what_was_received_before_it_is_given_before_the_gap) {
    with_listener(config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        co_await next_gap(l);
        notify("news", "before");
        BOOST_OUTCOME_CO_TRY(co_await l.listen("other")); // its response comes behind the notification
        judge_.value("select pg_terminate_backend(pid, 20000) from pg_stat_activity where application_name = 'listener'");
        EXPECT_EQ((co_await next_notification(l)).payload, "before");
        auto next = co_await next_gap(l);
        if (next.cause == gap_cause::listening) { // that of the other channel, unless it was merged with the one that follows
            EXPECT_EQ(next.channel, "other");
            next = co_await next_gap(l);
        }
        EXPECT_EQ(next.cause, gap_cause::reconnected);
        co_return success();
    });
}

/// What one who numbers his notifications knows of them.
struct numbered {
    std::set<int> sent; // certainly
    int last = 0;
    bool stop = false;
};

/// Sends numbers until it is told to stop, over as many connections as that takes.
task<> send_numbers(connect_config where, numbered& numbers) {
    std::optional<connection> c;
    while (!numbers.stop) {
        if (!c) {
            if (auto made = co_await pgcoro::connect(where)) {
                c.emplace(std::move(made).value());
            } else {
                continue;
            }
        }
        const int number = ++numbers.last;
        if (auto sent = co_await c->notify("numbers", std::to_string(number))) {
            numbers.sent.insert(number);
        } else if (sent.error().connection_lost()) {
            c.reset();
        }
    }
    co_return success();
}

/// Reads until a number greater than `until` comes. Whatever was sent for certain and is missing has to lie in a gap.
task<> read_numbers(listener& l, const numbered& numbers, int& seen, bool& in_gap, int until) {
    while (seen <= until) {
        auto event = co_await l.next();
        if (!event) {
            co_return std::move(event).error();
        }
        const auto* const n = std::get_if<notification>(&event.value());
        if (!n) {
            in_gap = true;
            continue;
        }
        const int number = std::stoi(n->payload);
        EXPECT_GT(number, seen) << "twice, or out of order";
        if (!std::exchange(in_gap, false)) {
            const auto missing = numbers.sent.upper_bound(seen);
            EXPECT_FALSE(missing != numbers.sent.end() && *missing < number)
                << *missing << " is missing between " << seen << " and " << number << ", where no gap is reported";
        }
        seen = number;
    }
    co_return success();
}

enum class trouble { fast, immediate, crash };

task<> restart_listened(ephemeral_server& server, trouble what) {
    if (what == trouble::crash) {
        BOOST_OUTCOME_CO_TRY(server.kill());
    } else {
        BOOST_OUTCOME_CO_TRY(server.stop(what == trouble::fast ? shutdown_mode::fast : shutdown_mode::immediate));
    }
    BOOST_OUTCOME_CO_TRY(server.start());
    co_return success();
}

TEST(listener_restart, each_missing_number_lies_in_a_gap) {
    auto server = ephemeral_server::create().value();
    int losses = 0;
    auto options = quick_listener();
    options.on_lost = [&](const error&) { ++losses; };
    with_listener(server.dsn(), options, [&](listener& l) -> task<> {
        const auto executor = co_await asio::this_coro::executor;
        BOOST_OUTCOME_CO_TRY(co_await l.listen("numbers"));
        numbered numbers;
        bool ended = false;
        asio::co_spawn(executor, send_numbers(server.dsn(), numbers), [&](std::exception_ptr, result<>) { ended = true; });
        asio::thread_pool blocking(1);
        int seen = 0;
        bool in_gap = true;
        for (const trouble what : {trouble::fast, trouble::crash, trouble::immediate, trouble::crash}) {
            BOOST_OUTCOME_CO_TRY(co_await read_numbers(l, numbers, seen, in_gap, seen + 200));
            BOOST_OUTCOME_CO_TRY(co_await asio::co_spawn(blocking, restart_listened(server, what), asio::use_awaitable));
            BOOST_OUTCOME_CO_TRY(co_await read_numbers(l, numbers, seen, in_gap, numbers.last));
        }
        numbers.stop = true;
        co_await until_true([&] { return ended; });
        EXPECT_EQ(losses, 4);
        co_return success();
    });
}

TEST(listener_restart, a_server_that_answers_no_more_is_lost) {
    auto server = ephemeral_server::create().value();
    auto options = quick_listener();
    options.ping_interval = 5ms;
    options.answer_timeout = 500ms;
    std::optional<error> lost;
    options.on_lost = [&](const error& why) { lost = why; };
    connect_config config(server.dsn());
    config.attempt_timeout(500ms).cancel_timeout(100ms);
    with_listener(config, options, [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        co_await next_gap(l);
        // A server that answers is not lost, however often it is asked.
        auto idle = co_await l.next().within(100ms);
        EXPECT_EQ(error_of(idle), errc::timed_out);
        EXPECT_FALSE(lost);

        EXPECT_TRUE(server.pause());
        co_await until_true([&] { return lost.has_value(); });
        EXPECT_EQ(*lost, errc::timed_out);
        EXPECT_TRUE(server.resume());
        const gap missed = co_await next_gap(l);
        EXPECT_EQ(missed.cause, gap_cause::reconnected);
        EXPECT_EQ(missed.reason, errc::timed_out);
        EXPECT_TRUE(server.run_sql("notify news, 'after'"));
        EXPECT_EQ((co_await next_notification(l)).payload, "after");
        co_return success();
    });
}

TEST(listener_restart, it_follows_a_standby_that_is_promoted) {
    auto primary = ephemeral_server::create().value();
    auto standby = primary.make_standby().value();
    const auto folders = standby.socket_directory().string() + "," + primary.socket_directory().string();
    const auto ports = std::to_string(standby.port()) + "," + std::to_string(primary.port());
    const connect_config both("host=" + folders + " port=" + ports + " dbname=postgres user=" + primary.superuser());
    with_listener(both, quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news")); // on the primary, though the standby is asked first
        co_await next_gap(l);
        EXPECT_TRUE(primary.run_sql("notify news, 'from the primary'"));
        EXPECT_EQ((co_await next_notification(l)).payload, "from the primary");
        EXPECT_TRUE(primary.kill());
        EXPECT_TRUE(standby.promote());
        EXPECT_EQ((co_await next_gap(l)).cause, gap_cause::reconnected);
        EXPECT_TRUE(standby.run_sql("notify news, 'from the new one'"));
        EXPECT_EQ((co_await next_notification(l)).payload, "from the new one");
        co_return success();
    });
}

} // namespace
