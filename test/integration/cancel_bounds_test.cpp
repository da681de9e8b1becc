// SPDX-License-Identifier: BSL-1.0
// What cannot be stopped, or not in time, costs the connection, and no more than that.
#include "cancel_fixture.hpp"

#include <pgcoro/testing/fault_proxy.hpp>

#include <cerrno>
#include <csignal>
#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;
using pgcoro::unchecked_sql;
using cancel_bounds = cancelling;

/// A process of the server's that does nothing for a while.
class stopped {
public:
    explicit stopped(int process) : process_(process) { ::kill(process_, SIGSTOP); }
    stopped(const stopped&) = delete;
    stopped& operator=(const stopped&) = delete;
    ~stopped() { ::kill(process_, SIGCONT); }

private:
    int process_;
};

task<> expect_closed(connection& c) {
    auto next = co_await c.execute("insert into cancelled values (2)");
    EXPECT_TRUE(error_of(next).connection_lost()) << error_of(next);
    EXPECT_TRUE(error_of(next).safe_to_retry());
    EXPECT_FALSE(c.is_open());
    co_return success();
}

TEST_F(cancel_bounds, a_statement_that_does_not_end_costs_the_connection) {
    with_connection(config(50ms), [&](connection& c) -> task<> {
        const stopped deaf(c.backend_pid());
        auto told = co_await c.execute("insert into cancelled values (1)").within(20ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        EXPECT_TRUE(error_of(told).outcome_unknown());
        EXPECT_FALSE(error_of(told).connection_lost()) << "not yet";
        co_return co_await expect_closed(c);
    });
}

TEST_F(cancel_bounds, a_server_that_does_not_take_the_cancel_request_costs_the_connection) {
    auto server = pgcoro::testing::ephemeral_server::create().value();
    pgcoro::connect_config where(server.dsn());
    with_connection(where.cancel_timeout(50ms), [&](connection& c) -> task<> {
        server.pause().value();
        auto told = co_await c.execute("select 1").within(20ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        BOOST_OUTCOME_CO_TRY(co_await expect_closed(c));
        server.resume().value();
        co_return success();
    });
}

// As Odyssey does: it passes the request on and resets its connection. libpq 17's functions call that a failure.
TEST_F(cancel_bounds, a_cancel_request_that_is_reset_after_it_has_arrived_costs_nothing) {
    auto between = pgcoro::testing::fault_proxy::create(shared_server()).value();
    pgcoro::connect_config where(between.dsn());
    where.sslmode(pgcoro::sslmode::disable).cancel_timeout(1h); // else the request is preceded by a question for TLS
    with_connection(where, [&](connection& c) -> task<> {
        pgcoro::testing::fault_script resetting;
        resetting.upstream.limit_data = 16; // a cancel request
        resetting.upstream.at_limit = pgcoro::testing::line_fault::reset;
        between.always(resetting);
        const auto pid = c.backend_pid();
        auto told = co_await cancelled(c, c.execute(unchecked_sql(wait_for_lock)));
        EXPECT_EQ(error_of(told), asio::error::operation_aborted);
        BOOST_OUTCOME_CO_TRY(auto same, co_await c.fetch_one<int>("select pg_backend_pid()")); // the lock is still held
        EXPECT_EQ(same, pid);
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel_bounds, a_failed_cancel_request_costs_nothing_if_the_statement_is_stopped_all_the_same) {
    auto between = pgcoro::testing::fault_proxy::create(shared_server()).value();
    pgcoro::connect_config where(between.dsn());
    with_connection(where.cancel_timeout(1h), [&](connection& c) -> task<> {
        between.disable();
        const auto pid = c.backend_pid();
        auto told = co_await cancelled(c, c.execute(unchecked_sql(wait_for_lock)));
        EXPECT_EQ(error_of(told), asio::error::operation_aborted);
        judge_.value("select pg_cancel_backend(" + std::to_string(pid) + ")");
        BOOST_OUTCOME_CO_TRY(auto same, co_await c.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_EQ(same, pid);
        co_return success();
    });
}

TEST_F(cancel_bounds, the_error_says_what_became_of_the_cancel_request) {
    auto between = pgcoro::testing::fault_proxy::create(shared_server()).value();
    pgcoro::connect_config where(between.dsn());
    with_connection(where.cancel_timeout(50ms), [&](connection& c) -> task<> {
        between.disable();
        auto told = co_await c.execute(unchecked_sql(wait_for_lock)).within(20ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        auto next = co_await c.execute("select 1");
        EXPECT_TRUE(error_of(next).connection_lost());
        const auto message = error_of(next).message();
        EXPECT_NE(message.find("did not end in time; its cancel request failed: "), std::string::npos) << message;
        const bool says_refused = message.find("Connection refused") != std::string::npos ||
                                  message.find("error " + std::to_string(ECONNREFUSED)) != std::string::npos; // PQcancel's way
        EXPECT_TRUE(says_refused) << message;
        co_return success();
    });
}

TEST_F(cancel_bounds, one_that_is_not_even_sent_costs_the_connection) {
    with_connection(config(50ms), [&](connection& c) -> task<> {
        const stopped deaf(c.backend_pid());
        const std::string large(16'000'000, 'x');
        auto told = co_await c.execute("select length($1)", large).within(20ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        co_return co_await expect_closed(c);
    });
}

TEST_F(cancel_bounds, what_was_sent_in_part_is_sent_to_its_end_and_then_stopped) {
    with_connection(config(), [&](connection& c) -> task<> {
        const std::string large(16'000'000, 'x');
        std::optional<stopped> deaf(std::in_place, c.backend_pid());
        const auto slow = "insert into cancelled select length($1) from (select pg_advisory_xact_lock(7)) b";
        auto told = co_await c.execute(unchecked_sql(slow), large).within(20ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        deaf.reset();
        BOOST_OUTCOME_CO_TRY(auto answer, co_await c.fetch_one<int>("select 42"));
        EXPECT_EQ(answer, 42);
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

TEST_F(cancel_bounds, a_signal_that_overtook_its_statement_is_repeated) {
    auto between = pgcoro::testing::fault_proxy::create(shared_server()).value();
    pgcoro::connect_config where(between.dsn());
    with_connection(where.cancel_timeout(4s), [&](connection& c) -> task<> {
        between.freeze(); // the statement, not the cancel requests: they come over connections of their own
        auto told = co_await c.execute(unchecked_sql(wait_for_lock)).within(20ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        co_await until_true([&] {
            const auto all = between.connections();
            return all.size() > 1 && !all[1].is_open;
        });
        between.thaw();
        BOOST_OUTCOME_CO_TRY(auto answer, co_await c.fetch_one<int>("select 42")); // while the lock is still held
        EXPECT_EQ(answer, 42);
        co_return success();
    });
    EXPECT_EQ(rows(), "0");
}

/// The constraint is checked at COMMIT, and waits for the lock there.
class cancel_commit : public cancelling {
protected:
    cancel_commit() {
        judge_.value("create or replace function wait_at_commit() returns trigger language plpgsql as "
                     "$$ begin perform pg_advisory_xact_lock(7); return null; end $$");
        judge_.value("create constraint trigger slow after insert on cancelled deferrable initially deferred "
                     "for each row execute function wait_at_commit()");
    }
    ~cancel_commit() override { judge_.value("drop function wait_at_commit cascade"); }

    static task<> give_up_commit(connection& c) {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into cancelled values (1)"));
        auto told = co_await tx.commit().within(50ms);
        EXPECT_EQ(error_of(told), errc::timed_out);
        EXPECT_TRUE(error_of(told).outcome_unknown());
        co_return success();
    }
};

TEST_F(cancel_commit, a_commit_is_not_stopped) {
    with_connection(config(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await give_up_commit(c));
        started next(c.fetch_one<int>("select 42"));
        co_await until_blocked(judge_, c);
        unlock();
        BOOST_OUTCOME_CO_TRY(auto answer, co_await next.get());
        EXPECT_EQ(answer, 42);
        co_return success();
    });
    EXPECT_EQ(rows(), "1");
}

TEST_F(cancel_commit, one_that_does_not_end_costs_the_connection) {
    with_connection(config(50ms), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await give_up_commit(c));
        co_return co_await expect_closed(c);
    });
    unlock();
    const auto left = "select count(*) = 0 from pg_locks where locktype = 'advisory' and objid = 7";
    pgcoro::test::run([&]() -> task<> {
        co_await until(judge_, left);
        co_return success();
    });
    EXPECT_EQ(rows(), "1") << "the server was not told to stop";
}

} // namespace
