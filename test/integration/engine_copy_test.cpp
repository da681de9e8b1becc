// SPDX-License-Identifier: BSL-1.0
// A COPY where no COPY can be: libpq cannot get out of it, so it is refused before it is sent.
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

TEST_P(engine_copy, in_a_pipeline_is_refused_and_disturbs_nobody) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table copied (id int)"));
        started before(c.execute("insert into copied values (1)"));
        started copy(c.execute(unchecked_sql(GetParam())));
        started behind(c.execute("insert into copied values (2)"));
        started last(c.fetch_one<std::int64_t>("select count(*) from copied"));

        auto first = co_await before.get();
        EXPECT_TRUE(first);
        auto told = co_await copy.get();
        EXPECT_EQ(error_of(told), errc::copy_not_supported);
        EXPECT_FALSE(error_of(told).connection_lost());
        EXPECT_TRUE(error_of(told).is(pgcoro::error::nothing_sent));
        auto second = co_await behind.get();
        EXPECT_TRUE(second);
        BOOST_OUTCOME_CO_TRY(auto n, co_await last.get());
        EXPECT_EQ(n, 2);
        co_return success();
    });
}

TEST_P(engine_copy, alone_is_refused) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table copied (id int)"));
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        EXPECT_EQ(error_of(co_await c.execute(unchecked_sql(GetParam()))), errc::copy_not_supported);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST_P(engine_copy, in_a_batch_is_refused_with_its_number) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table copied (id int)"));
        auto told = co_await c.batch(pgcoro::execute("insert into copied values (1)"),
                                     pgcoro::batch_item<command_tag>(unchecked_sql(GetParam()), &pgcoro::detail::decode_tag),
                                     pgcoro::execute("select 1"));
        EXPECT_EQ(error_of(told), errc::copy_not_supported);
        EXPECT_EQ(error_of(told).item(), 1u);
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from copied"));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

TEST(engine_copy, as_a_literal_is_refused_too) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        EXPECT_EQ(error_of(co_await c.execute("copy pg_class to stdout")), errc::copy_not_supported);
        EXPECT_EQ(error_of(co_await c.fetch("COPY (select 1) TO STDOUT")), errc::copy_not_supported);
        EXPECT_EQ(error_of(co_await c.execute("/* as psql has it */ copy pg_class from stdin")), errc::copy_not_supported);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

INSTANTIATE_TEST_SUITE_P(statements, engine_copy,
                         testing::Values("copy copied to stdout", "copy copied from stdin",
                                         "copy (select repeat('x', 100000) from generate_series(1, 1000)) to stdout"));

} // namespace
