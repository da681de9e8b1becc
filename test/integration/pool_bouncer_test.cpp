// SPDX-License-Identifier: BSL-1.0
// A pool in front of a PgBouncer, with the settings docs/pool.md gives for that.
#include "support/bouncer.hpp"
#include "support/pooling.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::task;

TEST(pool_bouncer, statements_run_in_transaction_mode) {
    const bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    auto config = b.config();
    config.prepare(pgcoro::prepare_policy::unnamed);
    pool_options options;
    options.max_size = 4;
    options.reset = pgcoro::reset_policy::none;
    with_pool(config, options, [](pool& db) -> task<> {
        std::vector<started<int>> all;
        for (int i = 0; i < 200; ++i) {
            all.emplace_back(db.fetch_one<int>("select $1 + 1", i));
        }
        for (int i = 0; i < 200; ++i) {
            BOOST_OUTCOME_CO_TRY(auto answer, co_await all[static_cast<std::size_t>(i)].get());
            EXPECT_EQ(answer, i + 1);
        }
        BOOST_OUTCOME_CO_TRY(auto known, co_await db.fetch_one<long>("select count(*) from pg_prepared_statements"));
        EXPECT_EQ(known, 0);
        co_return success();
    });
}

TEST(pool_bouncer, a_transaction_left_open_gives_its_server_connection_back) {
    const bouncer b(shared_server(), "transaction"); // one server connection for all
    ASSERT_TRUE(b.is_running());
    auto config = b.config();
    config.prepare(pgcoro::prepare_policy::unnamed);
    pool_options options;
    options.max_size = 2;
    options.reset = pgcoro::reset_policy::none;
    with_pool(config, options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("select 1"));
        started other(db.fetch_one<int>("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("select 1"));
        EXPECT_FALSE(other.is_complete());
        mine.release();
        BOOST_OUTCOME_CO_TRY(auto one, co_await other.get());
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

} // namespace
