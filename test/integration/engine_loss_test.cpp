// SPDX-License-Identifier: BSL-1.0
// Connections that break without a word: everybody is told once, and what they are told of the outcome is true.
#include "support/judge.hpp"
#include "support/proxy.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <functional>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::command_tag;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;

class engine_loss : public testing::Test {
protected:
    engine_loss() {
        judge_.value("drop table if exists lost; create table lost (id int)");
        judge_.value("select pg_advisory_lock(1)");
    }

    /// Runs `body` on a connection whose other end is in the test's hand.
    void with_proxy(const std::function<task<>(connection&, proxy&)>& body) {
        asio::io_context loop(1);
        proxy between(loop, shared_server());
        const auto connected = [&]() -> task<> {
            BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(between.config()));
            auto outcome = co_await body(c, between);
            co_return outcome;
        };
        run(loop, connected);
    }

    bool is_there(int id) { return judge_.value("select count(*) = 1 from lost where id = " + std::to_string(id)) == "t"; }

    /// It holds advisory lock 1.
    libpq_session judge_{shared_server().dsn()};
};

TEST_F(engine_loss, a_killed_server_fails_each_statement_in_flight_once) {
    auto server = pgcoro::testing::ephemeral_server::create().value();
    std::vector<started<command_tag>> inserts;
    with_connection(server.dsn(), [&](connection& c) -> task<> {
        libpq_session judge(server.dsn());
        judge.value("create table lost (id int)");
        judge.value("select pg_advisory_lock(1)");
        for (int id = 0; id < 5; ++id) {
            inserts.emplace_back(c.execute("insert into lost values ($1)", id));
        }
        started blocked(c.execute("select pg_advisory_xact_lock(1)"));
        for (int id = 5; id < 19; ++id) {
            inserts.emplace_back(c.execute("insert into lost values ($1)", id));
        }
        co_await until_blocked(judge, c);
        EXPECT_TRUE(server.kill());

        auto r = co_await blocked.get();
        EXPECT_TRUE(error_of(r).connection_lost());
        EXPECT_TRUE(error_of(r).outcome_unknown());
        for (auto& i : inserts) {
            auto ended = co_await i.get();
            EXPECT_TRUE(ended || (ended.error().connection_lost() && !ended.error().safe_to_retry())) << error_of(ended);
        }
        EXPECT_FALSE(c.is_open());
        auto later = co_await c.execute("select 1");
        EXPECT_TRUE(error_of(later).connection_lost());
        EXPECT_TRUE(error_of(later).safe_to_retry());
        co_return success();
    });
    for (const auto& i : inserts) {
        EXPECT_EQ(i.completions(), 1);
    }
}

TEST_F(engine_loss, in_a_transaction_nothing_is_in_doubt) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        started first(c.execute("insert into lost values (1)"));
        started second(c.execute("insert into lost select 2 from (select pg_advisory_xact_lock(1)) blocked"));
        co_await until_blocked(judge_, c);
        between.cut();

        auto r = co_await second.get();
        EXPECT_TRUE(error_of(r).connection_lost());
        EXPECT_FALSE(error_of(r).outcome_unknown());
        judge_.value("select pg_advisory_unlock(1)");
        co_await until(judge_, "select count(*) = 0 from pg_stat_activity where pid = " + std::to_string(c.backend_pid()));
        co_return success();
    });
    EXPECT_FALSE(is_there(1));
    EXPECT_FALSE(is_there(2));
}

TEST_F(engine_loss, an_autocommitted_statement_whose_answer_is_lost_is_in_doubt) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        between.swallow();
        started insert(c.execute("insert into lost values (1)"));
        co_await until(judge_, "select count(*) = 1 from lost");
        between.cut();
        auto r = co_await insert.get();
        EXPECT_EQ(error_of(r), errc::connection_lost);
        EXPECT_TRUE(error_of(r).outcome_unknown());
        EXPECT_FALSE(error_of(r).safe_to_retry());
        co_return success();
    });
    EXPECT_TRUE(is_there(1)) << "it was indeed done";
}

TEST_F(engine_loss, a_lone_statement_whose_answer_is_lost_is_in_doubt) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        between.swallow();
        started insert(c.execute(pgcoro::unchecked_sql("insert into lost values (1)")));
        co_await until(judge_, "select count(*) = 1 from lost");
        between.cut();
        auto r = co_await insert.get();
        EXPECT_TRUE(error_of(r).outcome_unknown());
        co_return success();
    });
}

TEST_F(engine_loss, a_commit_whose_answer_is_lost_is_in_doubt) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into lost values (1)"));
        between.swallow();
        started commit(c.execute("commit"));
        co_await until(judge_, "select count(*) = 1 from lost");
        between.cut();
        auto r = co_await commit.get();
        EXPECT_TRUE(error_of(r).outcome_unknown());
        co_return success();
    });
}

TEST_F(engine_loss, what_runs_after_a_commit_in_the_same_pipeline_is_in_doubt) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        started commit(c.execute("commit"));
        started insert(c.execute("insert into lost select 1 from (select pg_advisory_xact_lock(1)) blocked"));
        auto committed = co_await commit.get();
        EXPECT_TRUE(committed);
        co_await until_blocked(judge_, c);
        between.swallow();
        judge_.value("select pg_advisory_unlock(1)");
        co_await until(judge_, "select count(*) = 1 from lost");
        between.cut();
        auto r = co_await insert.get();
        EXPECT_TRUE(error_of(r).outcome_unknown());
        co_return success();
    });
    EXPECT_TRUE(is_there(1)) << "it was indeed done";
}

TEST_F(engine_loss, what_runs_after_a_begin_in_the_same_pipeline_is_undone) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        started begin(c.execute("begin"));
        started insert(c.execute("insert into lost select 1 from (select pg_advisory_xact_lock(1)) blocked"));
        auto begun = co_await begin.get();
        EXPECT_TRUE(begun);
        co_await until_blocked(judge_, c);
        between.cut();
        auto r = co_await insert.get();
        EXPECT_TRUE(error_of(r).connection_lost());
        EXPECT_FALSE(error_of(r).outcome_unknown());
        co_return success();
    });
    EXPECT_FALSE(is_there(1));
}

TEST_F(engine_loss, what_was_never_sent_is_safe_to_retry) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        started alone(c.execute(pgcoro::unchecked_sql("select pg_advisory_xact_lock(1)")));
        co_await until_sent();
        started behind(c.execute("insert into lost values (1)"));
        co_await until_blocked(judge_, c);
        between.cut();
        auto first = co_await alone.get();
        EXPECT_TRUE(error_of(first).outcome_unknown());
        auto second = co_await behind.get();
        EXPECT_TRUE(error_of(second).connection_lost());
        EXPECT_TRUE(error_of(second).safe_to_retry());
        EXPECT_FALSE(error_of(second).outcome_unknown());
        co_return success();
    });
    EXPECT_FALSE(is_there(1));
}

} // namespace
