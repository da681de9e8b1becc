// SPDX-License-Identifier: BSL-1.0
// A server that ends a session says why. That is the error everybody gets, not the "connection lost" that follows from it.
#include "support/judge.hpp"
#include "support/proxy.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>

#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::command_tag;
using pgcoro::connection;
using pgcoro::error;
using pgcoro::sqlstate;
using pgcoro::task;

class engine_fatal : public testing::Test {
protected:
    engine_fatal() {
        judge_.value("drop table if exists ended; create table ended (id int)");
        judge_.value("select pg_advisory_lock(1)");
    }
    std::string rows() { return judge_.value("select count(*) from ended"); }

    libpq_session judge_{shared_server().dsn()};
};

void expect_terminated(const error& e) {
    EXPECT_EQ(e, sqlstate::admin_shutdown);
    EXPECT_EQ(e.severity(), "FATAL");
    EXPECT_TRUE(e.connection_lost());
    EXPECT_FALSE(e.outcome_unknown());
}

task<> expect_closed_for_good(connection& c) {
    EXPECT_FALSE(c.is_open());
    for (int i = 0; i < 2; ++i) {
        auto later = co_await c.execute("select 1");
        expect_terminated(error_of(later));
        EXPECT_TRUE(error_of(later).safe_to_retry());
    }
    co_return success();
}

TEST_F(engine_fatal, terminated_while_idle) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        terminate(judge_, c);
        started first(c.execute("insert into ended values (1)"));
        started second(c.execute("insert into ended values (2)"));
        auto told = co_await first.get();
        expect_terminated(error_of(told));
        auto behind = co_await second.get();
        expect_terminated(error_of(behind));
        EXPECT_TRUE(error_of(behind).safe_to_retry());
        auto outcome = co_await expect_closed_for_good(c);
        co_return outcome;
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(engine_fatal, terminated_while_idle_after_lone_statements) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        terminate(judge_, c);
        auto told = co_await c.execute("select");
        expect_terminated(error_of(told));
        auto outcome = co_await expect_closed_for_good(c);
        co_return outcome;
    });
}

TEST_F(engine_fatal, terminated_in_a_lone_statement) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        started blocked(
            c.execute(pgcoro::unchecked_sql("insert into ended select 1 from (select pg_advisory_xact_lock(1)) b")));
        co_await until_blocked(judge_, c);
        terminate(judge_, c);
        auto told = co_await blocked.get();
        expect_terminated(error_of(told));
        auto outcome = co_await expect_closed_for_good(c);
        co_return outcome;
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(engine_fatal, terminated_in_a_pipeline) {
    std::vector<started<command_tag>> before;
    std::vector<started<command_tag>> behind;
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        for (int i = 0; i < 4; ++i) {
            before.emplace_back(c.execute("insert into ended values ($1)", i));
        }
        started blocked(c.execute("insert into ended select 1 from (select pg_advisory_xact_lock(1)) b"));
        for (int i = 0; i < 15; ++i) {
            behind.emplace_back(c.execute("insert into ended values ($1)", i));
        }
        co_await until_blocked(judge_, c);
        terminate(judge_, c);

        auto told = co_await blocked.get();
        expect_terminated(error_of(told));
        for (auto& b : before) {
            auto r = co_await b.get();
            EXPECT_TRUE(r) << error_of(r);
        }
        for (auto& b : behind) {
            auto r = co_await b.get();
            expect_terminated(error_of(r));
            EXPECT_TRUE(error_of(r).safe_to_retry());
        }
        auto outcome = co_await expect_closed_for_good(c);
        co_return outcome;
    });
    EXPECT_EQ(rows(), "4");
    for (const auto& s : behind) {
        EXPECT_EQ(s.completions(), 1);
    }
}

TEST_F(engine_fatal, terminated_at_the_sync_leaves_the_statement_in_doubt) {
    judge_.value("create or replace function block() returns trigger language plpgsql as "
                 "$$ begin perform pg_advisory_xact_lock(1); return null; end $$");
    judge_.value("create constraint trigger late after insert on ended deferrable initially deferred "
                 "for each row execute function block()");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        started insert(c.execute("insert into ended values (1)"));
        co_await until_blocked(judge_, c);
        terminate(judge_, c);
        auto told = co_await insert.get();
        EXPECT_EQ(error_of(told), sqlstate::admin_shutdown);
        EXPECT_TRUE(error_of(told).outcome_unknown());
        co_return success();
    });
}

TEST_F(engine_fatal, a_procedure_that_commits_on_the_way_is_in_doubt) {
    judge_.value("create or replace procedure half_done() language plpgsql as "
                 "$$ begin insert into ended values (1); commit; perform pg_advisory_xact_lock(1); end $$");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        started call(c.execute("call half_done()"));
        co_await until_blocked(judge_, c);
        terminate(judge_, c);
        auto told = co_await call.get();
        EXPECT_EQ(error_of(told), sqlstate::admin_shutdown);
        EXPECT_TRUE(error_of(told).outcome_unknown());
        co_return success();
    });
    EXPECT_EQ(rows(), "1") << "half of it was done";
}

// The server rolls back only what the procedure has done since its COMMIT.
TEST_F(engine_fatal, an_error_that_may_be_retried_is_in_doubt_after_a_commit_on_the_way) {
    judge_.value("create or replace procedure half_conflicting() language plpgsql as $$ begin insert into ended values (1);"
                 " commit; raise exception 'later' using errcode = 'serialization_failure'; end $$");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        const auto called = error_of(co_await c.execute("call half_conflicting()"));
        EXPECT_EQ(called, sqlstate::serialization_failure);
        EXPECT_TRUE(called.outcome_unknown());
        EXPECT_FALSE(called.safe_to_retry());
        const auto run = error_of(co_await c.run_script("call half_conflicting();"));
        EXPECT_EQ(run, sqlstate::serialization_failure);
        EXPECT_TRUE(run.outcome_unknown());
        EXPECT_FALSE(run.safe_to_retry());
        const auto batch = error_of(co_await c.batch(
            pgcoro::execute("begin"), pgcoro::execute("insert into ended values (1)"), pgcoro::execute("commit"),
            pgcoro::execute("do $$ begin raise exception using errcode = 'serialization_failure'; end $$")));
        EXPECT_EQ(batch, sqlstate::serialization_failure);
        EXPECT_TRUE(batch.outcome_unknown());
        EXPECT_FALSE(batch.safe_to_retry());
        co_return success();
    });
    EXPECT_EQ(rows(), "3") << "half of each was done";
}

TEST_F(engine_fatal, a_batch_that_commits_on_the_way_is_in_doubt) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        started batch(c.batch(pgcoro::execute("begin"), pgcoro::execute("insert into ended values (1)"),
                              pgcoro::execute("commit"), pgcoro::execute("select pg_advisory_xact_lock(1)")));
        co_await until_blocked(judge_, c);
        terminate(judge_, c);
        auto told = co_await batch.get();
        EXPECT_EQ(error_of(told), sqlstate::admin_shutdown);
        EXPECT_TRUE(error_of(told).outcome_unknown());
        co_return success();
    });
    EXPECT_EQ(rows(), "1") << "half of it was done";
}

// A pooler that loses its server says FATAL too, but does not know what became of the statement.
TEST_F(engine_fatal, the_word_of_a_pooler_settles_nothing) {
    using namespace std::string_view_literals;
    asio::io_context loop(1);
    proxy between(loop, shared_server());
    run(loop, [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(between.config()));
        between.swallow();
        started insert(c.execute("insert into ended values (1)"));
        started behind(c.execute("insert into ended values (2)"));
        co_await until(judge_, "select count(*) = 2 from ended");
        between.say("E\0\0\0\x30SFATAL\0VFATAL\0C08P01\0Mserver conn crashed?\0\0"sv);
        between.cut();
        for (auto* in_flight : {&insert, &behind}) {
            auto told = co_await in_flight->get();
            EXPECT_EQ(error_of(told), sqlstate::protocol_violation);
            EXPECT_TRUE(error_of(told).outcome_unknown());
            EXPECT_FALSE(error_of(told).safe_to_retry());
        }
        co_return success();
    });
}

} // namespace
