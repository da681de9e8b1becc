// SPDX-License-Identifier: BSL-1.0
// The sessions that are played over failing lines, and the server they are played with.
#pragma once

#include "sweep.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace pgcoro::test {

class failing_line : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        testing::server_options options;
        options.tls.emplace();
        options.users.emplace_back("app", "secret");
        server_ = std::make_unique<testing::ephemeral_server>(testing::ephemeral_server::create(options).value());
    }
    static void TearDownTestSuite() { server_.reset(); }

    /// Over TLS, with SCRAM bound to it, as it should be; one statement follows. All bytes are tried.
    static sweep_plan login(mishap what, std::uint64_t stride) {
        sweep_plan plan;
        plan.name = "TLS and SCRAM";
        plan.config = connect_config("user=app password=secret dbname=postgres");
        plan.config.sslmode(sslmode::verify_full).ca_file(server_->ca_file().string());
        plan.config.channel_binding(channel_binding::require);
        plan.with_login = true;
        plan.rows_each = 0;
        plan.does = ask;
        plan.what = what;
        plan.stride = stride;
        return plan;
    }
    /// In the clear and without a password, for the bytes after the log-in.
    static sweep_plan session(const char* name, work does, int rows_each, mishap what, std::uint64_t stride) {
        sweep_plan plan;
        plan.name = name;
        plan.config = connect_config("dbname=postgres sslmode=disable user=" + server_->superuser());
        plan.rows_each = rows_each;
        plan.does = std::move(does);
        plan.what = what;
        plan.stride = stride;
        return plan;
    }

    void run_login(mishap what, std::uint64_t stride) { sweep(login(what, stride), "127.0.0.1", server_->port()).run(judge_); }
    void run_session(const char* name, const work& does, int rows_each, mishap what, std::uint64_t stride) {
        // Over the server's Unix socket, where the superuser is trusted.
        sweep all(session(name, does, rows_each, what, stride), server_->socket_directory().string(), server_->port());
        all.run(judge_);
    }
    void run_insert(mishap what, std::uint64_t stride) { run_session("insert", insert, 1, what, stride); }
    void run_transaction(mishap what, std::uint64_t stride) { run_session("transaction", transact_two, 2, what, stride); }
    void run_many(mishap what, std::uint64_t stride) { run_session("execute_many", insert_many, 20, what, stride); }

    static task<> ask(connection& c, int id, std::chrono::milliseconds limit) {
        BOOST_OUTCOME_CO_TRY(const int sum, co_await c.fetch_one<int>("select $1::int4 + 1", id).within(limit));
        EXPECT_EQ(sum, id + 1);
        co_return success();
    }
    /// Prepared, in a transaction of its own.
    static task<> insert(connection& c, int id, std::chrono::milliseconds limit) {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into kept values ($1, 1)", id).within(limit));
        co_return success();
    }
    static task<> transact_two(connection& c, int id, std::chrono::milliseconds limit) {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin").within(limit));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into kept values ($1, 1)", id).within(limit));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into kept values ($1, 2)", id).within(limit));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("commit").within(limit));
        co_return success();
    }
    static task<> insert_many(connection& c, int id, std::chrono::milliseconds limit) {
        std::vector<std::pair<int, int>> rows;
        for (int n = 0; n < 20; ++n) {
            rows.emplace_back(id, n);
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into kept values ($1, $2)", rows).within(limit));
        co_return success();
    }

    inline static std::unique_ptr<testing::ephemeral_server> server_;
    libpq_session judge_{server_->dsn()};
};

} // namespace pgcoro::test
