// SPDX-License-Identifier: BSL-1.0
// Limits the server sets: each ends a statement or a session with a SQLSTATE of its own.
#include "loaded.hpp"
#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/transaction.hpp>

#include <string>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::connection;
using pgcoro::sqlstate;
using pgcoro::task;

class server_limits : public testing::Test {
protected:
    server_limits() { judge_.value(reports::table); }

    static connect_config with(const char* setting) {
        connect_config config(shared_server().dsn());
        config.options(std::string("-c ") + setting);
        return config;
    }

    /// The server has refused and done nothing, and the connection goes on.
    task<> expect_harmless(connection& c, const pgcoro::error& why, sqlstate with, bool safe_to_retry = false) {
        EXPECT_EQ(why, with) << why;
        EXPECT_FALSE(why.connection_lost());
        EXPECT_FALSE(why.outcome_unknown());
        EXPECT_EQ(why.safe_to_retry(), safe_to_retry);
        EXPECT_EQ(judge_.value("select count(*) from kept"), "0");
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select"));
        co_return success();
    }

    /// The session is gone, and nothing that was started since has been done.
    void expect_gone(const pgcoro::error& why, sqlstate with) {
        EXPECT_EQ(why, with) << why;
        EXPECT_TRUE(why.connection_lost());
        EXPECT_FALSE(why.outcome_unknown());
        EXPECT_EQ(judge_.value("select count(*) from kept"), "0");
    }

    auto until_gone(const connection& c) {
        return until(judge_, "select count(*) = 0 from pg_stat_activity where pid = " + std::to_string(c.backend_pid()));
    }

    libpq_session judge_{shared_server().dsn()};
};

TEST_F(server_limits, statement_timeout_is_57014_and_harmless) {
    with_connection(with("statement_timeout=300ms"), [&](connection& c) -> task<> {
        auto r = co_await c.execute("insert into kept select 1, 1 from pg_sleep(600)");
        co_return co_await expect_harmless(c, error_of(r), sqlstate::query_canceled);
    });
}

TEST_F(server_limits, lock_timeout_is_55P03_and_harmless) {
    judge_.value("begin; lock table kept in share mode");
    with_connection(with("lock_timeout=20ms"), [&](connection& c) -> task<> {
        auto r = co_await c.execute("insert into kept values (1, 1)");
        judge_.value("rollback");
        co_return co_await expect_harmless(c, error_of(r), sqlstate::lock_not_available);
    });
}

TEST_F(server_limits, a_deadlock_is_40P01_and_safe_to_retry) {
    judge_.value("select pg_advisory_lock(1)");
    with_connection(with("deadlock_timeout=20ms"), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into kept values (1, 1)"));
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select pg_advisory_xact_lock(2)"));
        // Without a chance of its being the judge that is chosen: it waits first, and looks for deadlocks much later.
        EXPECT_EQ(PQsendQuery(judge_.native(), "set deadlock_timeout = '100s'; select pg_advisory_lock(2)"), 1);
        libpq_session second(shared_server().dsn());
        co_await until(second, "select count(*) = 1 from pg_locks where locktype = 'advisory' and objid = 2 and not granted");
        auto r = co_await tx.execute("select pg_advisory_xact_lock(1)");
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        while (PGresult* answer = PQgetResult(judge_.native())) {
            PQclear(answer);
        }
        judge_.value("select pg_advisory_unlock_all()");
        co_return co_await expect_harmless(c, error_of(r), sqlstate::deadlock_detected, true);
    });
}

TEST_F(server_limits, temp_file_limit_is_53400_and_harmless) {
    with_connection(with("temp_file_limit=64kB -c work_mem=64kB"), [&](connection& c) -> task<> {
        auto r = co_await c.execute("insert into kept select n, 1 from generate_series(1, 100000) n order by md5(n::text)");
        co_return co_await expect_harmless(c, error_of(r), sqlstate::configuration_limit_exceeded);
    });
}

TEST_F(server_limits, idle_in_transaction_session_timeout_is_25P03_and_the_session_is_gone) {
    with_connection(with("idle_in_transaction_session_timeout=20ms"), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into kept values (1, 1)"));
        co_await until_gone(c);
        auto r = co_await tx.execute("insert into kept values (2, 1)");
        expect_gone(error_of(r), sqlstate::idle_in_transaction_session_timeout);
        auto later = co_await c.execute("select");
        expect_gone(error_of(later), sqlstate::idle_in_transaction_session_timeout);
        EXPECT_TRUE(error_of(later).safe_to_retry());
        co_return success();
    });
}

TEST_F(server_limits, a_commit_after_that_is_known_not_to_have_happened) {
    with_connection(with("idle_in_transaction_session_timeout=20ms"), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into kept values (1, 1)"));
        co_await until_gone(c);
        auto r = co_await tx.commit();
        EXPECT_EQ(error_of(r), sqlstate::idle_in_transaction_session_timeout);
        EXPECT_TRUE(error_of(r).connection_lost());
        EXPECT_EQ(judge_.value("select count(*) from kept"), "0");
        co_return success();
    });
}

TEST_F(server_limits, idle_session_timeout_is_57P05_and_the_session_is_gone) {
    with_connection(with("idle_session_timeout=20ms"), [&](connection& c) -> task<> {
        co_await until_gone(c);
        auto r = co_await c.execute("insert into kept values (1, 1)");
        expect_gone(error_of(r), sqlstate::idle_session_timeout);
        co_return success();
    });
}

TEST_F(server_limits, a_pool_replaces_what_the_server_has_timed_out) {
    auto config = with("idle_session_timeout=1s"); // longer than a busy machine takes to use what it has just looked at
    config.application_name("idle");
    pgcoro::pool_options options;
    options.trust_for = 0ms;
    const auto body = [&]() -> task<> {
        pgcoro::pool db(co_await asio::this_coro::executor, config, options);
        for (int id = 1; id <= 2; ++id) {
            BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into kept values ($1, 1)", id));
            co_await until(judge_, "select count(*) = 0 from pg_stat_activity where application_name = 'idle'");
        }
        EXPECT_EQ(judge_.value("select count(*) from kept"), "2");
        co_return success();
    };
    run(body);
}

} // namespace
