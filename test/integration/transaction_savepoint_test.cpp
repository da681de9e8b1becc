// SPDX-License-Identifier: BSL-1.0
// Transactions inside of transactions.
#include "transaction_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transaction;
using pgcoro::transaction_status;

using a_savepoint = transaction_test;

TEST_F(a_savepoint, that_commits_is_part_of_its_transaction) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto outer, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await outer.execute("insert into ledger values (1)"));
        BOOST_OUTCOME_CO_TRY(auto inner, co_await outer.begin());
        BOOST_OUTCOME_CO_TRY(co_await inner.execute("insert into ledger values (2)"));
        BOOST_OUTCOME_CO_TRY(co_await inner.commit());
        EXPECT_EQ(rows(), "0");
        BOOST_OUTCOME_CO_TRY(co_await outer.commit());
        co_return success();
    });
    EXPECT_EQ(rows(), "2");
}

TEST_F(a_savepoint, that_rolls_back_leaves_its_transaction_usable) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto outer, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await outer.execute("insert into ledger values (1)"));
        BOOST_OUTCOME_CO_TRY(auto inner, co_await outer.begin());
        auto wrong = co_await inner.execute("select 1/0");
        EXPECT_FALSE(wrong);
        BOOST_OUTCOME_CO_TRY(co_await inner.rollback());
        BOOST_OUTCOME_CO_TRY(co_await outer.execute("insert into ledger values (3)"));
        co_return co_await outer.commit();
    });
    EXPECT_EQ(rows(), "2");
}

TEST_F(a_savepoint, that_is_dropped_is_rolled_back_before_anything_else_runs) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto outer, co_await c.begin());
        {
            BOOST_OUTCOME_CO_TRY(auto inner, co_await outer.begin());
            BOOST_OUTCOME_CO_TRY(co_await inner.execute("insert into ledger values (2)"));
        }
        BOOST_OUTCOME_CO_TRY(const auto seen, co_await outer.fetch_one<std::int64_t>("select count(*) from ledger"));
        EXPECT_EQ(seen, 0);
        BOOST_OUTCOME_CO_TRY(co_await outer.execute("insert into ledger values (3)"));
        co_return co_await outer.commit();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_savepoint, begins_together_with_a_transaction_that_has_sent_nothing) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select")); // the first statement asks whose session it is
        BOOST_OUTCOME_CO_TRY(auto outer, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(auto middle, co_await outer.begin());
        BOOST_OUTCOME_CO_TRY(auto inner, co_await middle.begin());
        const auto syncs = between.heard('S');
        BOOST_OUTCOME_CO_TRY(co_await inner.execute("insert into ledger values (1)"));
        EXPECT_EQ(between.heard('S'), syncs + 1);
        BOOST_OUTCOME_CO_TRY(co_await inner.rollback());
        BOOST_OUTCOME_CO_TRY(co_await middle.execute("insert into ledger values (2)"));
        BOOST_OUTCOME_CO_TRY(co_await middle.commit());
        BOOST_OUTCOME_CO_TRY(co_await outer.execute("insert into ledger values (3)"));
        co_return co_await outer.commit();
    });
    EXPECT_EQ(rows(), "2");
}

TEST_F(a_savepoint, has_the_transaction_for_itself) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto outer, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(auto inner, co_await outer.begin());
        auto beside = co_await outer.execute("insert into ledger values (1)");
        EXPECT_EQ(error_of(beside), errc::transaction_open);
        auto committed = co_await outer.commit();
        EXPECT_EQ(error_of(committed), errc::transaction_open);
        EXPECT_TRUE(outer.is_open());
        auto second = co_await outer.begin();
        EXPECT_EQ(error_of(second), errc::transaction_open);
        BOOST_OUTCOME_CO_TRY(co_await inner.execute("insert into ledger values (2)"));
        BOOST_OUTCOME_CO_TRY(co_await inner.commit());
        co_return co_await outer.commit();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_savepoint, that_an_error_has_aborted_can_still_be_rolled_back_after_its_commit_failed) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto outer, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await outer.execute("insert into ledger values (1)"));
        BOOST_OUTCOME_CO_TRY(auto inner, co_await outer.begin());
        auto wrong = co_await inner.execute("select 1/0");
        EXPECT_FALSE(wrong);
        auto committed = co_await inner.commit();
        EXPECT_EQ(error_of(committed), sqlstate::in_failed_sql_transaction);
        EXPECT_TRUE(inner.is_open());
        BOOST_OUTCOME_CO_TRY(co_await inner.rollback());
        co_return co_await outer.commit();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_savepoint, is_over_when_its_transaction_is_dropped) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        transaction inner;
        {
            BOOST_OUTCOME_CO_TRY(auto outer, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(inner, co_await outer.begin());
            BOOST_OUTCOME_CO_TRY(co_await inner.execute("insert into ledger values (1)"));
        }
        auto late = co_await inner.execute("insert into ledger values (2)");
        EXPECT_EQ(error_of(late), errc::transaction_over);
        auto committed = co_await inner.commit();
        EXPECT_EQ(error_of(committed), errc::transaction_over);
        co_return co_await expect_clean(c);
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_savepoint, whose_release_fails_after_its_transaction_was_dropped_disturbs_no_other) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto outer, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(auto inner, co_await outer.begin());
        auto wrong = co_await inner.execute("select 1/0");
        EXPECT_FALSE(wrong);
        started committed(inner.commit());
        co_await until_sent();
        outer = transaction();
        auto refused = co_await committed.get();
        EXPECT_EQ(error_of(refused), sqlstate::in_failed_sql_transaction);

        BOOST_OUTCOME_CO_TRY(auto other, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await other.execute("insert into ledger values (1)"));
        BOOST_OUTCOME_CO_TRY(auto others, co_await other.begin());
        BOOST_OUTCOME_CO_TRY(co_await others.execute("insert into ledger values (2)"));
        inner = transaction();
        BOOST_OUTCOME_CO_TRY(co_await others.commit());
        co_return co_await other.commit();
    });
    EXPECT_EQ(rows(), "2");
}

TEST_F(a_savepoint, cannot_be_opened_in_one_that_is_being_released) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto outer, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(auto middle, co_await outer.begin());
        BOOST_OUTCOME_CO_TRY(co_await middle.execute("insert into ledger values (1)"));
        started committed(middle.commit());
        auto late = co_await middle.begin();
        if (late) { // it came before the RELEASE was sent
            auto statement = co_await late.value().execute("insert into ledger values (2)");
            EXPECT_EQ(error_of(statement), errc::transaction_over);
        } else {
            EXPECT_EQ(error_of(late), errc::transaction_over);
        }
        BOOST_OUTCOME_CO_TRY(co_await committed.get());
        co_return co_await outer.commit();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_savepoint, nests_as_deep_as_one_likes) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        std::vector<transaction> levels;
        BOOST_OUTCOME_CO_TRY(auto outermost, co_await c.begin());
        levels.push_back(std::move(outermost));
        for (int depth = 1; depth < 20; ++depth) {
            BOOST_OUTCOME_CO_TRY(auto next, co_await levels.back().begin());
            BOOST_OUTCOME_CO_TRY(co_await next.execute("insert into ledger values ($1)", depth));
            levels.push_back(std::move(next));
        }
        while (levels.size() > 1) {
            // Every other one is undone, and with it what was committed inside of it.
            const bool commits = levels.size() % 2 == 0;
            auto end = commits ? levels.back().commit() : levels.back().rollback();
            auto ended = co_await std::move(end);
            EXPECT_TRUE(ended) << error_of(ended);
            levels.pop_back();
        }
        co_return co_await levels.back().commit();
    });
    EXPECT_EQ(rows(), "1");
}

} // namespace
