// SPDX-License-Identifier: BSL-1.0
// A request has succeeded when its Sync was answered, and not before: deferred constraints fail there.
#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::sqlstate;
using pgcoro::task;

/// A table whose rows must refer to a parent, which is checked when the transaction commits; it has one parent, 1.
task<> make_tables(connection& c) {
    BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table parent (id int primary key)"));
    BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table child (id int constraint child_parent references parent "
                                            "deferrable initially deferred)"));
    BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into parent values (1)"));
    co_return success();
}

void with_tables(auto body) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await make_tables(c));
        auto outcome = co_await body(c);
        co_return outcome;
    });
}

TEST(engine_sync, a_deferred_constraint_fails_the_statement_in_a_pipeline) {
    with_tables([](connection& c) -> task<> {
        started before(c.execute("insert into child values (1)"));
        started bad(c.fetch_one<int>("insert into child values (2) returning id"));
        started after(c.fetch_one<long>("select count(*) from child"));

        auto first = co_await before.get();
        auto second = co_await bad.get();
        auto third = co_await after.get();
        EXPECT_TRUE(first);
        EXPECT_EQ(error_of(second), sqlstate::foreign_key_violation);
        EXPECT_EQ(error_of(second).constraint(), "child_parent");
        EXPECT_TRUE(third && third.value() == 1);
        co_return success();
    });
}

TEST(engine_sync, a_deferred_constraint_fails_a_lone_statement) {
    with_tables([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        for (int parent : {1, 2, 1, 3}) {
            auto inserted = co_await c.execute("insert into child values ($1)", parent);
            EXPECT_EQ(inserted.has_value(), parent == 1);
            EXPECT_EQ(error_of(inserted).constraint(), parent == 1 ? "" : "child_parent");
        }
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch_one<long>("select count(*) from child"));
        EXPECT_EQ(rows, 2);
        co_return success();
    });
}

TEST(engine_sync, a_deferred_constraint_fails_a_whole_batch) {
    with_tables([](connection& c) -> task<> {
        auto failed = co_await c.batch(pgcoro::execute("insert into child values (1)"),
                                       pgcoro::fetch_one<int>("insert into child values (2) returning id"),
                                       pgcoro::fetch_one<long>("select count(*) from child"));
        EXPECT_EQ(error_of(failed), sqlstate::foreign_key_violation);
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch_one<long>("select count(*) from child"));
        EXPECT_EQ(rows, 0);
        co_return success();
    });
}

TEST(engine_sync, a_deferred_constraint_fails_all_rows_of_execute_many) {
    with_tables([](connection& c) -> task<> {
        const std::vector<int> parents{1, 1, 2, 1};
        auto failed = co_await c.execute_many("insert into child values ($1)", parents);
        EXPECT_EQ(error_of(failed), sqlstate::foreign_key_violation);
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch_one<long>("select count(*) from child"));
        EXPECT_EQ(rows, 0);
        co_return success();
    });
}

TEST(engine_sync, a_deferred_constraint_fails_at_commit_and_not_before) {
    with_tables([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into child values (2)"));
        auto committed = co_await c.execute("commit");
        EXPECT_EQ(error_of(committed), sqlstate::foreign_key_violation);
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch_one<long>("select count(*) from child"));
        EXPECT_EQ(rows, 0);
        co_return success();
    });
}

} // namespace
