// SPDX-License-Identifier: BSL-1.0
// What a pool asks of a connection: is it alive, has everything before been answered, is a transaction open?
#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transaction_status;

TEST(engine_idle, a_ping_completes_behind_what_was_started_before) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        started slow(c.execute("select pg_sleep(0.05)"));
        EXPECT_TRUE(co_await c.ping());
        EXPECT_TRUE(slow.is_complete());
        co_return success();
    });
}

TEST(engine_idle, a_ping_completes_in_an_aborted_transaction_and_leaves_it_alone) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        EXPECT_FALSE(co_await c.execute("select 1/0"));
        EXPECT_TRUE(co_await c.ping());
        EXPECT_EQ(c.transaction_status(), transaction_status::in_error);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("rollback"));
        EXPECT_EQ(c.transaction_status(), transaction_status::idle);
        co_return success();
    });
}

TEST(engine_idle, the_status_follows_the_server) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        EXPECT_EQ(c.transaction_status(), transaction_status::idle);
        started begin(c.execute("begin"));
        EXPECT_EQ(c.transaction_status(), transaction_status::active);
        BOOST_OUTCOME_CO_TRY(co_await begin.get());
        EXPECT_EQ(c.transaction_status(), transaction_status::in_transaction);
        c.close();
        EXPECT_EQ(c.transaction_status(), transaction_status::unknown);
        co_return success();
    });
}

TEST(engine_idle, a_probe_sees_that_the_server_has_said_goodbye) {
    libpq_session judge(shared_server().dsn());
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        EXPECT_TRUE(c.probe());
        terminate(judge, c);
        EXPECT_FALSE(c.probe());
        EXPECT_FALSE(c.is_open());
        auto later = co_await c.ping();
        EXPECT_EQ(error_of(later), sqlstate::admin_shutdown);
        EXPECT_TRUE(error_of(later).safe_to_retry());
        co_return success();
    });
}

TEST(engine_idle, a_probe_leaves_statements_in_flight_alone) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        started one(c.fetch_one<int>("select 1"));
        co_await until_sent();
        EXPECT_TRUE(c.probe());
        BOOST_OUTCOME_CO_TRY(const int value, co_await one.get());
        EXPECT_EQ(value, 1);
        co_return success();
    });
}

TEST(engine_idle, a_connection_that_was_never_open_is_not_alive) {
    run([]() -> task<> {
        connection c;
        EXPECT_FALSE(c.probe());
        EXPECT_EQ(c.transaction_status(), transaction_status::unknown);
        auto ping = co_await c.ping();
        EXPECT_EQ(error_of(ping), errc::connection_closed);
        co_return success();
    });
}

} // namespace
