// SPDX-License-Identifier: BSL-1.0
// Commits that are not answered: what is said of them is true, and the server can be asked later.
#include "transaction_fixture.hpp"

#include <pgcoro/resolve_outcome.hpp>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::resolve_outcome;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transaction_id;
using pgcoro::transaction_options;
using pgcoro::transaction_outcome;

class a_commit : public transaction_test {
protected:
    a_commit() { tracked_.track_outcome = true; }

    /// From now on a COMMIT that inserted something waits for advisory lock 1, which the judge holds.
    void commits_wait() {
        judge_.value("create or replace function wait_at_commit() returns trigger language plpgsql as"
                     " 'begin perform pg_advisory_xact_lock(1); return null; end'");
        judge_.value("create constraint trigger waits after insert on ledger deferrable initially deferred"
                     " for each row execute function wait_at_commit()");
        judge_.value("select pg_advisory_lock(1)");
    }

    transaction_options tracked_;
};

TEST_F(a_commit, whose_backend_is_terminated_is_in_doubt_and_can_be_resolved) {
    commits_wait();
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin(tracked_));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        started committed(tx.commit());
        co_await until_blocked(judge_, c);
        terminate(judge_, c);
        auto r = co_await committed.get();
        EXPECT_TRUE(error_of(r).connection_lost());
        EXPECT_TRUE(error_of(r).outcome_unknown());
        EXPECT_FALSE(tx.is_open());
        EXPECT_TRUE(tx.id());
        BOOST_OUTCOME_CO_TRY(const auto outcome, co_await resolve_outcome(shared_server().dsn(), tx.id().value()));
        EXPECT_EQ(outcome, transaction_outcome::rolled_back);
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_commit, that_comes_after_the_server_grew_tired_of_waiting_is_not_in_doubt) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("set local idle_in_transaction_session_timeout = 1"));
        co_await until(judge_, "select count(*) = 0 from pg_stat_activity where pid = " + std::to_string(c.backend_pid()));
        const auto committed = co_await tx.commit();
        EXPECT_EQ(error_of(committed), sqlstate::idle_in_transaction_session_timeout);
        EXPECT_TRUE(error_of(committed).connection_lost());
        EXPECT_FALSE(error_of(committed).outcome_unknown());
        EXPECT_TRUE(error_of(committed).safe_to_retry());
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_commit, that_is_cut_off_after_the_server_has_committed_is_resolved_as_committed) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin(tracked_));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        between.swallow();
        started committed(tx.commit());
        co_await until(judge_, "select count(*) = 1 from ledger");
        between.cut();
        auto r = co_await committed.get();
        EXPECT_TRUE(error_of(r).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(const auto outcome, co_await resolve_outcome(shared_server().dsn(), tx.id().value()));
        EXPECT_EQ(outcome, transaction_outcome::committed);
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_commit, that_is_cut_off_before_it_reached_the_server_is_resolved_as_rolled_back) {
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin(tracked_));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        const auto syncs = between.heard('S');
        between.keep();
        started committed(tx.commit());
        while (between.heard('S') == syncs) {
            co_await asio::post(asio::use_awaitable);
        }
        between.cut();
        auto r = co_await committed.get();
        EXPECT_TRUE(error_of(r).outcome_unknown());
        BOOST_OUTCOME_CO_TRY(const auto outcome, co_await resolve_outcome(shared_server().dsn(), tx.id().value()));
        EXPECT_EQ(outcome, transaction_outcome::rolled_back);
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_commit, that_goes_on_at_the_server_is_waited_for) {
    commits_wait();
    with_proxy([&](connection& c, proxy& between) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin(tracked_));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        started committed(tx.commit());
        co_await until_blocked(judge_, c);
        between.cut();
        auto r = co_await committed.get();
        EXPECT_TRUE(error_of(r).outcome_unknown());

        BOOST_OUTCOME_CO_TRY(auto asking, co_await pgcoro::connect(shared_server().dsn()));
        auto too_early = co_await resolve_outcome(asking, tx.id().value(), std::chrono::milliseconds(1));
        EXPECT_EQ(error_of(too_early), pgcoro::errc::timed_out);
        judge_.value("select pg_advisory_unlock(1)");
        BOOST_OUTCOME_CO_TRY(const auto outcome, co_await resolve_outcome(asking, tx.id().value()));
        EXPECT_EQ(outcome, transaction_outcome::committed);
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(a_commit, of_a_transaction_that_lost_its_session_earlier_is_not_in_doubt) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
        terminate(judge_, c);
        auto statement = co_await tx.execute("insert into ledger values (2)");
        EXPECT_EQ(error_of(statement), sqlstate::admin_shutdown);
        EXPECT_FALSE(error_of(statement).outcome_unknown());
        auto committed = co_await tx.commit();
        EXPECT_EQ(error_of(committed), sqlstate::admin_shutdown);
        EXPECT_FALSE(error_of(committed).outcome_unknown());
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(a_commit, has_an_id_only_if_that_was_asked_for) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into ledger values (1)"));
            EXPECT_FALSE(tx.id());
        }
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin(tracked_));
        EXPECT_FALSE(tx.id());
        BOOST_OUTCOME_CO_TRY(const auto id, co_await tx.fetch_one<std::string>("select pg_current_xact_id()::text"));
        EXPECT_EQ(std::to_string(static_cast<std::uint64_t>(tx.id().value())), id);
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        EXPECT_TRUE(tx.id()); // it stays known
        co_return success();
    });
}

TEST_F(a_commit, that_no_server_knows_of_is_an_error) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        auto outcome = co_await resolve_outcome(c, transaction_id(1'000'000'000));
        EXPECT_EQ(error_of(outcome), sqlstate::invalid_parameter_value);
        co_return success();
    });
}

} // namespace
