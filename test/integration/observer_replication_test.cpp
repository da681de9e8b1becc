// SPDX-License-Identifier: BSL-1.0
// Observers of a configuration that a replication stream is made of.
#include "observer_fixture.hpp"

#include "support/replication_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::task;
namespace replication = pgcoro::replication;

using observed_replication = replication_test;

TEST_F(observed_replication, does_not_tell_of_the_librarys_own_questions) {
    const auto seen = std::make_shared<recorder>();
    sql("create type mood as enum ('sad', 'happy'); create table people (m mood); create publication p for table people");
    run([&]() -> task<> {
        auto observed = config();
        observed.observe(seen);
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect_replication(co_await asio::this_coro::executor, observed));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), quick_stream("p")));
        sql("insert into people values ('happy')");
        const auto i = co_await next_of<replication::insert>(s);
        EXPECT_EQ(i.row[0].text().value(), "happy"); // its type has been looked up
        co_return co_await s.stop();
    });
    EXPECT_EQ(seen->begun, 0u);
    EXPECT_TRUE(seen->statements.empty());
}

} // namespace
