// SPDX-License-Identifier: BSL-1.0
// Transactions that end as their owners wish, or as the server does.
#include "transaction_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::access_mode;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::isolation_level;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transaction;
using pgcoro::transaction_options;
using pgcoro::transaction_status;

static_assert(!std::is_copy_constructible_v<transaction> && !std::is_copy_assignable_v<transaction>);
static_assert(std::is_nothrow_move_constructible_v<transaction> && std::is_nothrow_move_assignable_v<transaction>);

using a_transaction = transaction_test;

TEST_F(a_transaction, makes_its_work_last_when_it_commits) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values ($1)", 1));
        EXPECT_EQ(rows(), "0");
        EXPECT_TRUE(tx.is_open());
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        EXPECT_EQ(rows(), "1");
        EXPECT_FALSE(tx.is_open());
        EXPECT_EQ(c.transaction_status(), transaction_status::idle);
        co_return success();
    });
}

TEST_F(a_transaction, is_refused_while_one_is_open_that_was_begun_as_text) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into ledger values (1)"));
        const auto refused = co_await c.begin();
        EXPECT_EQ(refused.error(), errc::transaction_open);
        EXPECT_TRUE(refused.error().is(pgcoro::error::nothing_sent));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("rollback"));
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (2)"));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_transaction, undoes_its_work_when_it_rolls_back) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        EXPECT_FALSE(tx.is_open());
        EXPECT_EQ(c.transaction_status(), transaction_status::idle);
        EXPECT_EQ(rows(), "0");
        co_return success();
    });
}

TEST_F(a_transaction, sends_nothing_before_its_first_statement) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select")); // the first statement asks whose session it is
        const auto parses = between.heard('P');
        const auto syncs = between.heard('S');
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        EXPECT_EQ(between.heard('P'), parses);
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        EXPECT_EQ(between.heard('P'), parses + 2); // BEGIN and INSERT ...
        EXPECT_EQ(between.heard('S'), syncs + 1);  // ... in one round trip
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        EXPECT_EQ(between.heard('S'), syncs + 2);
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_transaction, without_statements_sends_nothing_at_all) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        const auto syncs = between.heard('S');
        BOOST_OUTCOME_CO_TRY(auto committed, co_await c.begin());
        EXPECT_TRUE(co_await committed.commit());
        BOOST_OUTCOME_CO_TRY(auto rolled_back, co_await c.begin());
        EXPECT_TRUE(co_await rolled_back.rollback());
        {
            BOOST_OUTCOME_CO_TRY(auto dropped, co_await c.begin());
        }
        EXPECT_EQ(between.heard('S'), syncs);
        EXPECT_TRUE(co_await c.ping());
        EXPECT_EQ(between.heard('S'), syncs + 1);
        co_return success();
    });
}

TEST_F(a_transaction, runs_as_its_options_say) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        const auto shown = [&](transaction_options options) -> task<std::string> {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin(options));
            co_return co_await tx.fetch_one<std::string>(
                "select concat_ws(' ', current_setting('transaction_isolation'), current_setting('transaction_read_only'),"
                " current_setting('transaction_deferrable'))");
        };
        transaction_options options;
        auto defaults = co_await shown(options);
        EXPECT_EQ(defaults.value(), "read committed off off");
        options.isolation = isolation_level::serializable;
        options.access = access_mode::read_only;
        options.deferrable = true;
        auto serializable = co_await shown(options);
        EXPECT_EQ(serializable.value(), "serializable on on");
        options.isolation = isolation_level::repeatable_read;
        options.access = access_mode::read_write;
        options.deferrable = false;
        auto repeatable = co_await shown(options);
        EXPECT_EQ(repeatable.value(), "repeatable read off off");
        options.isolation = isolation_level::read_uncommitted;
        auto uncommitted = co_await shown(options);
        EXPECT_EQ(uncommitted.value(), "read uncommitted off off");
        options.isolation = isolation_level::read_committed;
        auto committed = co_await shown(options);
        EXPECT_EQ(committed.value(), "read committed off off");
        co_return success();
    });
}

TEST_F(a_transaction, takes_every_kind_of_statement) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        const std::vector<int> three{1, 2, 3};
        BOOST_OUTCOME_CO_TRY(co_await tx.execute_many("insert into ledger values ($1)", three));
        BOOST_OUTCOME_CO_TRY(auto ids, co_await tx.fetch<int>("select id from ledger order by id"));
        EXPECT_EQ(ids, three);
        auto both = co_await tx.batch(pgcoro::execute("insert into ledger values (4)"),
                                      pgcoro::fetch_one<std::int64_t>("select count(*) from ledger"));
        EXPECT_EQ(std::get<1>(both.value()), 4);
        BOOST_OUTCOME_CO_TRY(auto none, co_await tx.fetch_optional<int>("select id from ledger where id = $1", 5));
        EXPECT_FALSE(none);
        co_return co_await tx.commit();
    });
    EXPECT_EQ(rows(), "4");
}

TEST_F(a_transaction, pipelines_statements_of_several_coroutines) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        std::vector<started<pgcoro::command_tag>> inserts;
        for (int id = 0; id < 50; ++id) {
            inserts.emplace_back(tx.execute("insert into ledger values ($1)", id));
        }
        started committed(tx.commit());
        for (auto& i : inserts) {
            BOOST_OUTCOME_CO_TRY(co_await i.get());
        }
        co_return co_await committed.get();
    });
    EXPECT_EQ(rows(), "50");
}

TEST_F(a_transaction, that_an_error_has_aborted_cannot_commit) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        auto wrong = co_await tx.execute("select 1/0");
        EXPECT_EQ(error_of(wrong), sqlstate::division_by_zero);
        auto late = co_await tx.execute("insert into ledger values (2)");
        EXPECT_EQ(error_of(late), sqlstate::in_failed_sql_transaction);
        auto committed = co_await tx.commit();
        EXPECT_EQ(error_of(committed), errc::transaction_rolled_back);
        EXPECT_FALSE(error_of(committed).outcome_unknown());
        EXPECT_EQ(c.transaction_status(), transaction_status::idle);
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_transaction, is_over_when_a_deferred_constraint_refuses_its_commit) {
    judge_.value("alter table ledger add constraint once unique (id) deferrable initially deferred");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1), (1)"));
        auto committed = co_await tx.commit();
        EXPECT_EQ(error_of(committed), sqlstate::unique_violation);
        EXPECT_FALSE(tx.is_open());
        EXPECT_EQ(c.transaction_status(), transaction_status::idle);
        auto later = co_await c.execute("insert into ledger values (2)");
        EXPECT_TRUE(later);
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

// Were the second statement sent along with BEGIN, it would run outside of any transaction, and last.
TEST_F(a_transaction, that_cannot_begin_runs_nothing) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        between.keep(); // so that nobody here knows of this transaction yet
        started text(c.execute("begin"));
        started one(c.execute("select 1"));
        transaction_options serializable; // which is too late now
        serializable.isolation = isolation_level::serializable;
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin(serializable));
            started first(tx.execute("insert into ledger values (1)"));
            started second(tx.execute("insert into ledger values (2)"));
            started committed(tx.commit());
            between.pass_on();
            auto r = co_await first.get();
            EXPECT_EQ(error_of(r), sqlstate::active_sql_transaction);
            EXPECT_EQ(error_of(r).statement(), "begin isolation level serializable");
            for (auto* later : {&second}) {
                auto refused = co_await later->get();
                EXPECT_EQ(error_of(refused), sqlstate::active_sql_transaction);
                EXPECT_TRUE(error_of(refused).safe_to_retry());
            }
            auto not_committed = co_await committed.get();
            EXPECT_EQ(error_of(not_committed), sqlstate::active_sql_transaction);
            EXPECT_FALSE(tx.is_open());
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute("rollback"));
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_transaction, has_the_connection_for_itself) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        auto beside = co_await c.execute("insert into ledger values (1)");
        EXPECT_EQ(error_of(beside), errc::transaction_open);
        EXPECT_TRUE(error_of(beside).is(pgcoro::error::nothing_sent));
        auto second = co_await c.begin();
        EXPECT_EQ(error_of(second), errc::transaction_open);
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into ledger values (2)"));
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_transaction, refuses_everything_once_it_is_over) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        auto statement = co_await tx.execute("insert into ledger values (2)");
        EXPECT_EQ(error_of(statement), errc::transaction_over);
        EXPECT_TRUE(error_of(statement).is(pgcoro::error::nothing_sent));
        auto committed = co_await tx.commit();
        EXPECT_EQ(error_of(committed), errc::transaction_over);
        auto rolled_back = co_await tx.rollback();
        EXPECT_EQ(error_of(rolled_back), errc::transaction_over);
        auto nested = co_await tx.begin();
        EXPECT_EQ(error_of(nested), errc::transaction_over);

        transaction never;
        auto nothing = co_await never.execute("select 1");
        EXPECT_EQ(error_of(nothing), errc::transaction_over);
        auto no_commit = co_await never.commit();
        EXPECT_EQ(error_of(no_commit), errc::transaction_over);
        auto no_savepoint = co_await never.begin();
        EXPECT_EQ(error_of(no_savepoint), errc::transaction_over);
        EXPECT_FALSE(never.is_open());
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_transaction, is_over_when_somebody_sends_the_text_of_a_commit) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("commit"));
        auto outside = co_await tx.execute("insert into ledger values (2)");
        EXPECT_EQ(error_of(outside), errc::transaction_over);
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_transaction, outlives_no_connection) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        c.close();
        EXPECT_FALSE(tx.is_open());
        auto late = co_await tx.execute("insert into ledger values (2)");
        EXPECT_EQ(error_of(late), errc::connection_closed);
        auto committed = co_await tx.commit();
        EXPECT_EQ(error_of(committed), errc::connection_closed);
        auto none = co_await c.begin();
        EXPECT_EQ(error_of(none), errc::connection_closed);
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

} // namespace
