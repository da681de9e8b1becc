// SPDX-License-Identifier: BSL-1.0
// A COPY where no COPY can be: libpq cannot get out of it, so the connection is closed, and nobody waits forever.
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::command_tag;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;
using pgcoro::unchecked_sql;

class engine_copy : public testing::TestWithParam<const char*> {};

TEST_P(engine_copy, in_a_pipeline_closes_the_connection) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table copied (id int)"));
        started before(c.execute("insert into copied values (1)"));
        started copy(c.execute(unchecked_sql(GetParam())));
        started behind(c.execute("insert into copied values (2)"));
        started last(c.fetch_one<int>("select 1"));

        auto first = co_await before.get();
        EXPECT_TRUE(first);
        auto told = co_await copy.get();
        EXPECT_EQ(error_of(told), errc::copy_not_supported);
        EXPECT_TRUE(error_of(told).connection_lost());
        auto second = co_await behind.get();
        EXPECT_EQ(error_of(second), errc::connection_lost);
        auto third = co_await last.get();
        EXPECT_EQ(error_of(third), errc::connection_lost);
        EXPECT_FALSE(c.is_open());
        auto later = co_await c.execute("select 1");
        EXPECT_EQ(error_of(later), errc::connection_lost);
        EXPECT_TRUE(error_of(later).safe_to_retry());
        co_return success();
    });
}

TEST_P(engine_copy, alone_closes_the_connection) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table copied (id int)"));
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        started copy(c.execute(unchecked_sql(GetParam())));
        co_await until_sent();
        started behind(c.fetch_one<int>("select 1"));
        auto told = co_await copy.get();
        EXPECT_EQ(error_of(told), errc::copy_not_supported);
        auto second = co_await behind.get();
        EXPECT_EQ(error_of(second), errc::connection_lost);
        EXPECT_TRUE(error_of(second).safe_to_retry());
        EXPECT_FALSE(c.is_open());
        co_return success();
    });
}

// The server sends the rows, and commits, whatever becomes of us.
TEST(engine_copy, to_us_leaves_what_it_did_in_doubt) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("drop table if exists copied; "));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create table copied (id int)"));
        auto told = co_await c.execute("copy (insert into copied values (1) returning id) to stdout");
        EXPECT_EQ(error_of(told), errc::copy_not_supported);
        EXPECT_TRUE(error_of(told).connection_lost());
        EXPECT_TRUE(error_of(told).outcome_unknown());
        EXPECT_FALSE(error_of(told).safe_to_retry());
        co_return success();
    });
}

TEST_P(engine_copy, in_a_batch_closes_the_connection) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table copied (id int)"));
        auto told = co_await c.batch(pgcoro::execute("insert into copied values (1)"),
                                     pgcoro::batch_item<command_tag>(unchecked_sql(GetParam()), &pgcoro::detail::decode_tag),
                                     pgcoro::execute("select 1"));
        EXPECT_EQ(error_of(told), errc::copy_not_supported);
        EXPECT_FALSE(c.is_open());
        co_return success();
    });
}

INSTANTIATE_TEST_SUITE_P(statements, engine_copy,
                         testing::Values("copy copied to stdout", "copy copied from stdin",
                                         "copy (select repeat('x', 100000) from generate_series(1, 1000)) to stdout"));

} // namespace
