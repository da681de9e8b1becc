// SPDX-License-Identifier: BSL-1.0
// A cancel request that comes too late must not hit the next statement: tried hundreds of times; the slow test, thousands.
#include "cancel_fixture.hpp"
#include "support/bouncer.hpp"

#include <random>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::task;

/// Gives statements up about when they end, and counts which came first.
task<> provoke(connection& c, int times) {
    std::mt19937 random(20); // the same each time; the server's timing is chance enough
    std::uniform_int_distribution<int> microseconds(0, 1500);
    int given_up = 0;
    for (int i = 0; i < times; ++i) {
        const std::chrono::microseconds limit(microseconds(random));
        auto told = co_await c.fetch_one<int>("select $1::int from pg_sleep(0.0005)", i).within(limit);
        if (told) {
            EXPECT_EQ(told.value(), i);
        } else {
            EXPECT_EQ(told.error(), pgcoro::errc::timed_out);
            given_up += told.error().outcome_unknown() ? 1 : 0;
        }
        BOOST_OUTCOME_CO_TRY(auto next, co_await c.fetch_one<int>("select $1::int", -i));
        EXPECT_EQ(next, -i);
    }
    EXPECT_GT(given_up, times / 20) << "or it proves nothing";
    std::printf("%d of %d statements were given up in flight\n", given_up, times);
    co_return success();
}

void provoke_at_once(int times) {
    pgcoro::connect_config where(shared_server().dsn());
    with_connection(where.cancel_timeout(60s), [times](connection& c) { return provoke(c, times); });
}

TEST(cancel_late, the_next_statement_is_never_hit) { provoke_at_once(500); }

TEST(slow, cancel_late_thousands_of_times) { provoke_at_once(5000); }

TEST(cancel_late, nor_behind_a_pooler) {
    const bouncer between(shared_server(), "transaction");
    ASSERT_TRUE(between.is_running());
    auto where = between.config();
    where.cancel_timeout(60s).prepare(pgcoro::prepare_policy::unnamed);
    with_connection(where, [](connection& c) { return provoke(c, 300); });
}

TEST(cancel_late, nor_that_of_somebody_else_behind_a_pooler) {
    const bouncer between(shared_server(), "transaction");
    ASSERT_TRUE(between.is_running());
    auto where = between.config();
    where.cancel_timeout(60s).prepare(pgcoro::prepare_policy::unnamed);
    const auto two = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto one, co_await pgcoro::connect(where));
        BOOST_OUTCOME_CO_TRY(auto other, co_await pgcoro::connect(where));
        for (int i = 0; i < 300; ++i) {
            const std::chrono::microseconds limit(300 + 2 * i);
            started given_up(one.fetch_one<int>("select 1 from pg_sleep(0.0005)").within(limit));
            BOOST_OUTCOME_CO_TRY(auto next, co_await other.fetch_one<int>("select $1::int", i));
            EXPECT_EQ(next, i);
            static_cast<void>(co_await given_up.get());
        }
        co_return success();
    };
    pgcoro::test::run(two);
}

} // namespace
