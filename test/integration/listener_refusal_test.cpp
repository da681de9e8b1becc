// SPDX-License-Identifier: BSL-1.0
// Where a listener works, and with how many connections. Where it cannot work, it says so.
#include "listener_fixture.hpp"
#include "support/bouncer.hpp"

#include <optional>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::listener;
using pgcoro::sqlstate;
using pgcoro::task;

TEST(listener_refusal, a_pooler_in_transaction_mode_is_refused) {
    for (const int server_sessions : {1, 3}) {
        const bouncer b(shared_server(), "transaction", server_sessions);
        EXPECT_TRUE(b.is_running());
        auto options = quick_listener();
        options.answer_timeout = std::chrono::milliseconds(300);
        with_listener(b.config(), options, [&](listener& l) -> task<> {
            started waiting(l.next());
            auto refused = co_await l.listen("news");
            EXPECT_EQ(error_of(refused), errc::notifications_not_delivered);
            EXPECT_NE(error_of(refused).message().find("pooler"), std::string::npos) << error_of(refused);
            auto no_event = co_await waiting.get();
            EXPECT_EQ(error_of(no_event), errc::notifications_not_delivered);

            auto c = co_await pgcoro::connect(b.config());
            auto left = co_await c.value().fetch<std::string>("select * from pg_listening_channels()");
            EXPECT_TRUE(left && left.value().empty()) << "the server session is left as it was";
            co_return success();
        });
    }
}

TEST(listener_refusal, a_pooler_that_lends_whole_sessions_works) {
    const bouncer b(shared_server(), "session", 3);
    ASSERT_TRUE(b.is_running());
    with_listener(b.config(), quick_listener(), [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        co_await next_gap(l);
        libpq_session(shared_server().dsn()).value("notify news, 'hello'");
        EXPECT_EQ((co_await next_notification(l)).payload, "hello");
        co_return success();
    });
}

TEST(listener_refusal, without_a_pooler_one_connection_is_enough) {
    libpq_session judge(shared_server().dsn());
    judge.value("set client_min_messages = warning; drop role if exists lonely");
    judge.value("create role lonely login nosuperuser password 'secret' connection limit 1");
    pgcoro::connect_config config(shared_server().dsn());
    config.user("lonely").password("secret");
    auto options = quick_listener();
    options.backoff.attempts = 1;
    std::vector<error> failures;
    options.on_lost = options.on_connect_failed = [&](const error& why) { failures.push_back(why); };
    with_listener(config, options, [&](listener& l) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        co_await next_gap(l);
        auto second = co_await pgcoro::connect(config);
        EXPECT_EQ(error_of(second), sqlstate::too_many_connections) << "the limit is in force";
        judge.value("notify news, 'hello'");
        EXPECT_EQ((co_await next_notification(l)).payload, "hello");
        co_return success();
    });
    EXPECT_TRUE(failures.empty()) << failures.front();
}

TEST(listener_refusal, what_a_retry_cannot_cure_is_told_to_all_who_wait) {
    pgcoro::connect_config config(shared_server().dsn());
    config.database("no_such_database");
    auto options = quick_listener();
    int failures = 0;
    options.on_connect_failed = [&](const error&) { ++failures; };
    with_listener(config, options, [&](listener& l) -> task<> {
        started waiting(l.next());
        auto refused = co_await l.listen("news");
        EXPECT_EQ(error_of(refused), sqlstate::invalid_catalog_name);
        auto no_event = co_await waiting.get();
        EXPECT_EQ(error_of(no_event), sqlstate::invalid_catalog_name);
        auto tries_again = co_await l.next();
        EXPECT_EQ(error_of(tries_again), sqlstate::invalid_catalog_name);
        co_await until_sent();
        EXPECT_EQ(failures, 2);
        co_return success();
    });
}

TEST(listener_refusal, the_last_of_a_few_attempts_is_told) {
    pgcoro::connect_config nowhere;
    nowhere.host("/nonexistent");
    auto options = quick_listener();
    options.backoff.attempts = 2;
    int failures = 0;
    options.on_connect_failed = [&](const error&) { ++failures; };
    with_listener(nowhere, options, [&](listener& l) -> task<> {
        auto refused = co_await l.listen("news");
        EXPECT_FALSE(refused);
        co_await until_true([&] { return failures == 3; });
        co_return success();
    });
}

} // namespace
