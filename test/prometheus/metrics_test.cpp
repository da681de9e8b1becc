// SPDX-License-Identifier: BSL-1.0
// What is counted of real work: compared with what was done.
#include "metrics_text.hpp"

#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/cursor.hpp>
#include <pgcoro/listener.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/prometheus/metrics.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>
#include <pgcoro/transact.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <thread>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::prometheus::metrics;

constexpr auto calls = "db_client_operation_duration_seconds_count";
constexpr auto rows_sum = "db_client_response_returned_rows_sum";
constexpr auto rows_count = "db_client_response_returned_rows_count";

class measuring : public testing::Test {
protected:
    void with_measured(const std::function<task<>(connection&)>& body) {
        pgcoro::connect_config config(shared_server().dsn());
        config.observe(measured);
        with_connection(config, body);
    }
    pgcoro::pool_options pool_of(std::size_t size, std::string name = "main") {
        pgcoro::pool_options options;
        options.name = std::move(name);
        options.max_size = size;
        options.observers.push_back(measured);
        return options;
    }
    metrics_text now() const { return metrics_text(measured->text()); }

    std::shared_ptr<metrics> measured = std::make_shared<metrics>();
};

TEST_F(measuring, counts_calls_by_name_and_command) {
    with_measured([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (n int unique)"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into kept select generate_series(1, 5)").named("fill"));
        for (int i = 0; i < 3; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await c.fetch("select n from kept").named("all"));
        }
        EXPECT_EQ(error_of(co_await c.execute("insert into kept values (1)").named("fill")), sqlstate::unique_violation);
        BOOST_OUTCOME_CO_TRY(co_await c.ping());
        co_return success();
    });
    const auto text = now();
    EXPECT_EQ(text.sum(calls), 7);
    EXPECT_EQ(text.sum(calls, {{"db_operation_name", "CREATE"}, {"db_query_summary", ""}}), 1);
    EXPECT_EQ(text.sum(calls, {{"db_operation_name", "PING"}}), 1);
    EXPECT_EQ(text.by(calls, "error_type", {{"db_query_summary", "fill"}}),
              (std::map<std::string, double>{{"", 1}, {"23505", 1}}));
    EXPECT_EQ(text.sum(calls, {{"db_query_summary", "all"}}), 3);
    EXPECT_EQ(text.by(rows_sum, "db_query_summary"), (std::map<std::string, double>{{"all", 15}}));
    const auto one = text.select(calls, {{"db_query_summary", "all"}}).at(0).of;
    EXPECT_EQ(one.at("server_address"), shared_server().socket_directory());
    EXPECT_EQ(one.at("server_port"), std::to_string(shared_server().port()));
    EXPECT_EQ(one.at("db_namespace"), "postgres");
    EXPECT_EQ(text.sum("db_client_connection_create_time_seconds_count"), 1);
    EXPECT_EQ(text.sum("pgcoro_connections_lost_total"), 0); // it was closed
}

TEST_F(measuring, a_call_of_several_statements_is_one_operation) {
    with_measured([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (n int)"));
        std::vector<std::tuple<int>> rows{{1}, {2}, {3}};
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into kept values ($1)", rows));
        BOOST_OUTCOME_CO_TRY(co_await c.batch(pgcoro::execute("delete from kept where n = 1"),
                                              pgcoro::fetch_one<std::int64_t>("select count(*) from kept")));
        BOOST_OUTCOME_CO_TRY(
            co_await c.batch(pgcoro::execute("delete from kept where n = 2"), pgcoro::execute("delete from kept where n = 3")));
        BOOST_OUTCOME_CO_TRY(co_await c.run_script("select 1; select 2"));
        co_return success();
    });
    EXPECT_EQ(
        now().by(calls, "db_operation_name"),
        (std::map<std::string, double>{{"CREATE", 1}, {"BATCH INSERT", 1}, {"BATCH", 1}, {"BATCH DELETE", 1}, {"SCRIPT", 1}}));
    EXPECT_EQ(now().sum(rows_count), 0); // which of the rows came back, nobody knows
}

TEST_F(measuring, counts_the_rows_of_streams_cursors_and_copies) {
    with_measured([&](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream("select generate_series(1, 300)").named("streamed"));
            for (;;) {
                BOOST_OUTCOME_CO_TRY(const auto row, co_await rows.next());
                if (!row) {
                    break;
                }
            }
        }
        BOOST_OUTCOME_CO_TRY(auto reader,
                             co_await c.copy_out("copy (select generate_series(1, 20)) to stdout").named("copied"));
        for (;;) {
            BOOST_OUTCOME_CO_TRY(const auto piece, co_await reader.read());
            if (piece.empty()) {
                break;
            }
        }
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        {
            auto numbers = tx.cursor<int>("select generate_series(1, 7)");
            BOOST_OUTCOME_CO_TRY(const auto some, co_await numbers.fetch(5));
            EXPECT_EQ(some.size(), 5u);
        }
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        co_return success();
    });
    EXPECT_EQ(now().sum(rows_sum, {{"db_query_summary", "streamed"}}), 300);
    EXPECT_EQ(now().sum(rows_sum, {{"db_query_summary", "copied"}, {"db_operation_name", "COPY"}}), 20);
    EXPECT_GE(now().sum(rows_sum, {{"db_operation_name", "FETCH"}}), 5);
    EXPECT_LE(now().sum(rows_sum, {{"db_operation_name", "FETCH"}}), 7);
    EXPECT_EQ(now().sum(calls, {{"db_operation_name", "COMMIT"}}), 1);
    EXPECT_EQ(now().by(rows_count, "db_operation_name").size(), 3u);
}

TEST_F(measuring, counts_deadlines_by_their_own_name) {
    with_measured([&](connection& c) -> task<> {
        EXPECT_EQ(error_of(co_await c.execute("select pg_sleep(100)").within(std::chrono::milliseconds(50))), errc::timed_out);
        co_return success();
    });
    EXPECT_EQ(now().sum(calls, {{"error_type", "timed_out"}, {"db_response_status_code", ""}}), 1);
    EXPECT_GE(now().sum("db_client_operation_duration_seconds_sum"), 0.05); // it was given up after that time
}

TEST_F(measuring, shows_who_waits_for_a_pool) {
    run([&]() -> task<> {
        pgcoro::pool db(co_await asio::this_coro::executor, shared_server().dsn(), pool_of(1));
        BOOST_OUTCOME_CO_TRY(auto kept, co_await db.acquire());
        started late(db.execute("select 1").named("late").within(std::chrono::milliseconds(200)));
        co_await until_sent();
        EXPECT_EQ(now().sum("db_client_connection_pending_requests"), 1);
        EXPECT_EQ(now().by("db_client_connection_count", "db_client_connection_state"),
                  (std::map<std::string, double>{{"idle", 0}, {"used", 1}}));
        EXPECT_EQ(error_of(co_await late.get()), errc::timed_out);
        EXPECT_EQ(now().sum("db_client_connection_timeouts_total", {{"db_client_connection_pool_name", "main"}}), 1);
        EXPECT_EQ(now().sum("db_client_connection_pending_requests"), 0);
        // It has reached no server.
        EXPECT_EQ(now().sum(calls, {{"db_query_summary", "late"}, {"error_type", "timed_out"}, {"server_address", ""}}), 1);
        kept.release();
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        EXPECT_EQ(now().by("db_client_connection_count", "db_client_connection_state"),
                  (std::map<std::string, double>{{"idle", 1}, {"used", 0}}));
        EXPECT_EQ(now().sum("db_client_connection_max"), 1);
        EXPECT_EQ(now().sum("db_client_connection_idle_max"), 1);
        BOOST_OUTCOME_CO_TRY(co_await db.close());
        co_return success();
    });
    const auto text = now();
    EXPECT_EQ(text.sum("db_client_connection_wait_time_seconds_count"), 2);
    EXPECT_EQ(text.sum("db_client_connection_use_time_seconds_count"), 2);
    EXPECT_GE(text.sum("db_client_connection_use_time_seconds_sum"), 0.2); // the other one waited for so long meanwhile
    EXPECT_EQ(text.sum("db_client_connection_create_time_seconds_count", {{"db_client_connection_pool_name", "main"}}), 1);
    EXPECT_EQ(text.sum("db_client_connection_count"), 0); // closed
}

TEST_F(measuring, a_pool_that_keeps_few_idle_says_so) {
    run([&]() -> task<> {
        auto options = pool_of(4);
        options.max_idle = 2;
        pgcoro::pool db(co_await asio::this_coro::executor, shared_server().dsn(), options);
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        EXPECT_EQ(now().sum("db_client_connection_idle_max"), 2);
        EXPECT_EQ(now().sum("db_client_connection_max"), 4);
        co_return success();
    });
}

TEST_F(measuring, counts_connections_that_failed_or_were_lost) {
    with_measured([&](connection& c) -> task<> {
        EXPECT_FALSE(co_await c.execute("select pg_terminate_backend(pg_backend_pid())"));
        co_return success();
    });
    pgcoro::connect_config nowhere(shared_server().dsn());
    nowhere.database("no_such_database").observe(measured);
    run([&]() -> task<> {
        EXPECT_EQ(error_of(co_await pgcoro::connect(nowhere)), sqlstate::invalid_catalog_name);
        co_return success();
    });
    EXPECT_EQ(now().sum("pgcoro_connect_failures_total", {{"error_type", "3D000"}, {"db_response_status_code", "3D000"}}), 1);
    EXPECT_EQ(now().sum("pgcoro_connections_lost_total", {{"db_namespace", "postgres"}}), 1);
}

TEST_F(measuring, counts_transactions_by_outcome_and_attempt) {
    with_measured([&](connection& c) -> task<> {
        int attempts = 0;
        pgcoro::transact_options options;
        options.backoff.initial = std::chrono::milliseconds(1);
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::transact(
            c,
            [&](pgcoro::transaction& tx) -> task<> {
                BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
                if (++attempts < 3) {
                    BOOST_OUTCOME_CO_TRY(co_await tx.execute("do $$ begin raise serialization_failure; end $$"));
                }
                co_return success();
            },
            options));
        co_return success();
    });
    EXPECT_EQ(now().by("pgcoro_transaction_duration_seconds_count", "outcome"),
              (std::map<std::string, double>{{"committed", 1}, {"rolled_back", 2}}));
    EXPECT_EQ(now().sum("pgcoro_transaction_attempts_sum", {{"outcome", "committed"}}), 3);
    EXPECT_EQ(now().sum(calls, {{"db_operation_name", "DO"}, {"db_response_status_code", "40001"}}), 2);
}

TEST_F(measuring, counts_the_gaps_of_a_listener) {
    run([&]() -> task<> {
        pgcoro::connect_config config(shared_server().dsn());
        config.observe(measured);
        pgcoro::listener l(co_await asio::this_coro::executor, config);
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        BOOST_OUTCOME_CO_TRY(const auto event, co_await l.next());
        EXPECT_TRUE(std::holds_alternative<pgcoro::gap>(event));
        co_return success();
    });
    EXPECT_EQ(now().sum("pgcoro_listener_gaps_total", {{"cause", "listening"}}), 1);
    EXPECT_EQ(now().sum("pgcoro_listener_gaps_total"), 1);
}

/// What has stood in the text of a statement, a value, a message of the server or the connection string.
TEST_F(measuring, no_text_of_a_statement_no_value_and_no_password_is_shown) {
    pgcoro::connect_config config(shared_server().tcp_dsn());
    config.observe(measured);
    with_connection(config, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table secret_table (secret_column text unique)"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into secret_table values ('secret_literal')"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into secret_table values ($1)", "secret_value"));
        EXPECT_FALSE(co_await c.execute("insert into secret_table values ($1)", "secret_value"));
        EXPECT_FALSE(co_await c.execute(pgcoro::unchecked_sql("secret_word is no command")));
        EXPECT_FALSE(co_await c.execute("do $$ begin raise exception 'secret_message' using errcode = 'S3CRT'; end $$"));
        EXPECT_FALSE(co_await c.run_script("select 'secret_script'; select secret_nothing"));
        co_return success();
    });
    auto refused = config;
    refused.password("secret_password");
    refused.user("secret_user");
    run([&]() -> task<> {
        EXPECT_FALSE(co_await pgcoro::connect(refused));
        co_return success();
    });
    const std::string text = measured->text();
    EXPECT_EQ(now().sum(calls), 7);
    EXPECT_EQ(now().sum("pgcoro_connect_failures_total"), 1);
    EXPECT_EQ(text.find("secret"), text.npos) << text;
    const std::string dsn = shared_server().tcp_dsn();
    const auto password = dsn.find("password=");
    ASSERT_NE(password, dsn.npos) << "the connection string has no password to look for";
    const auto begin = password + std::string_view("password=").size();
    EXPECT_EQ(text.find(dsn.substr(begin, dsn.find_first_of(" &", begin) - begin)), text.npos);
}

/// Runs `body` on a loop and thread of its own.
std::future<pgcoro::result<void>> on_own_thread(std::function<task<>()> body) {
    return std::async(std::launch::async, [body = std::move(body)] {
        boost::asio::io_context loop;
        auto ended = boost::asio::co_spawn(loop, body(), boost::asio::use_future);
        loop.run();
        return ended.get();
    });
}

TEST_F(measuring, pools_on_several_threads_share_one) {
    constexpr int statements = 300;
    const auto work = [&](std::string name) -> task<> {
        pgcoro::pool db(co_await asio::this_coro::executor, shared_server().dsn(), pool_of(2, name));
        for (int i = 0; i < statements; ++i) {
            const std::string statement = "statement " + std::to_string(i % 10);
            BOOST_OUTCOME_CO_TRY(const int one, co_await db.fetch_one<int>("select 1").named(statement));
            EXPECT_EQ(one, 1);
        }
        BOOST_OUTCOME_CO_TRY(co_await db.close());
        co_return success();
    };
    auto first = on_own_thread([&] { return work("first"); });
    auto second = on_own_thread([&] { return work("second"); });
    while (first.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
        now(); // it can be read meanwhile
    }
    EXPECT_TRUE(first.get());
    EXPECT_TRUE(second.get());
    EXPECT_EQ(now().sum(calls), 2 * statements);
    EXPECT_EQ(now().sum(rows_sum), 2 * statements);
    EXPECT_EQ(now().by(calls, "db_query_summary").size(), 10u);
    EXPECT_EQ(now().by("db_client_connection_use_time_seconds_count", "db_client_connection_pool_name"),
              (std::map<std::string, double>{{"first", statements}, {"second", statements}}));
}

} // namespace
