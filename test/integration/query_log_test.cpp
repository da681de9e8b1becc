// SPDX-License-Identifier: BSL-1.0
// The lines of a query log, about what really happened on a server.
#include "support/judge.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/query_log.hpp>
#include <pgcoro/query_log_json.hpp>
#include <pgcoro/script.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/src.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::query_log;
using pgcoro::query_log_options;
using pgcoro::query_log_outcome;
using pgcoro::task;

using lines = std::vector<std::string>;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// The lines about what `body` did.
lines logged(query_log_options options, const std::function<task<>(connection&)>& body) {
    lines all;
    pgcoro::connect_config config(shared_server().dsn());
    config.observe(std::make_shared<query_log>([&](std::string_view line) { all.emplace_back(line); }, std::move(options)));
    with_connection(config, body);
    return all;
}

std::vector<boost::json::object> logged_json(query_log_options options, const std::function<task<>(connection&)>& body) {
    options.format = pgcoro::append_json;
    std::vector<boost::json::object> all;
    for (const auto& line : logged(std::move(options), body)) {
        all.push_back(boost::json::parse(line).as_object());
    }
    return all;
}

TEST(query_log, tells_what_the_server_knows_of_a_statement) {
    std::string pid;
    const auto all = logged_json({}, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(pid,
                             co_await c.fetch_one<std::string>("select pg_backend_pid()::text from generate_series(1, $1)", 1));
        co_return pgcoro::success();
    });

    ASSERT_EQ(all.size(), 1u);
    const auto& line = all[0];
    EXPECT_EQ(line.at("event"), "statement");
    EXPECT_EQ(line.at("kind"), "fetch");
    EXPECT_EQ(line.at("outcome"), "ok");
    EXPECT_EQ(line.at("rows"), 1);
    EXPECT_EQ(std::to_string(line.at("backend_pid").as_int64()), pid);
    EXPECT_EQ(std::string_view(line.at("user").as_string()), shared_server().superuser());
    EXPECT_EQ(line.at("port").as_int64(), shared_server().port());
    EXPECT_EQ(std::string_view(line.at("host").as_string()), shared_server().socket_directory().string());
    EXPECT_EQ(line.at("sql"), "select pg_backend_pid()::text from generate_series(1, $1)");
    EXPECT_EQ(line.at("parameters").as_array().at(0), "int4");
    EXPECT_FALSE(line.contains("in_transaction"));
    EXPECT_FALSE(line.contains("sqlstate"));
}

TEST(query_log, a_name_stands_for_the_sql) {
    const auto body = [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1").named("find_user"));
        co_return pgcoro::success();
    };
    query_log_options always;
    always.sql = pgcoro::query_log_sql::always;

    const auto named = logged({}, body);
    const auto both = logged(always, body);

    ASSERT_EQ(named.size(), 1u);
    ASSERT_EQ(both.size(), 1u);
    EXPECT_TRUE(contains(named[0], " name=find_user ")) << named[0];
    EXPECT_FALSE(contains(named[0], "select")) << named[0];
    EXPECT_TRUE(contains(both[0], " name=find_user ") && contains(both[0], "sql=\"select 1\"")) << both[0];
}

TEST(query_log, sql_is_left_out_if_so_wished) {
    query_log_options options;
    options.sql = pgcoro::query_log_sql::never;

    const auto all = logged(options, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        co_return pgcoro::success();
    });

    ASSERT_EQ(all.size(), 1u);
    EXPECT_FALSE(contains(all[0], "sql=")) << all[0];
}

TEST(query_log, an_error_has_its_sqlstate_and_class) {
    const auto all = logged_json({}, [](connection& c) -> task<> {
        const auto failed = co_await c.execute("select 1/$1::int", 0);
        EXPECT_FALSE(failed);
        co_return pgcoro::success();
    });

    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].at("outcome"), "failed");
    EXPECT_EQ(all[0].at("sqlstate"), "22012");
    EXPECT_EQ(all[0].at("error"), "division_by_zero");
    EXPECT_FALSE(all[0].contains("message"));
}

TEST(query_log, rare_samples_keep_what_failed_or_was_slow) {
    query_log_options options;
    options.sample_rate = 0.5;
    options.slow_after = 50ms;
    double chance = 0.9;
    options.random = [&] { return chance; };

    const auto all = logged_json(options, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 'not taken'"));
        chance = 0.1;
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 'taken'"));
        chance = 0.9;
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select pg_sleep(0.06)"));
        const auto failed = co_await c.execute("select 'failed'::int");
        EXPECT_FALSE(failed);
        co_return pgcoro::success();
    });

    // On a busy machine others may be slow, too: they are not looked at.
    std::string outcomes;
    for (const auto& line : all) {
        const auto& sql = line.at("sql").as_string();
        if (sql != "select 'not taken'" || line.at("outcome") != "slow") {
            outcomes.append(sql.data(), sql.size()).append("; ");
        }
    }
    EXPECT_EQ(outcomes, "select 'taken'; select pg_sleep(0.06); select 'failed'::int; ");
    EXPECT_EQ(all[all.size() - 2].at("outcome"), "slow");
    EXPECT_EQ(all.back().at("outcome"), "failed");
}

TEST(query_log, the_callback_can_tell_what_failed) {
    std::vector<query_log_outcome> outcomes;
    query_log_options options;
    options.slow_after = 0ns;
    pgcoro::connect_config config(shared_server().dsn());
    config.observe(std::make_shared<query_log>(
        [&](std::string_view, query_log_outcome outcome) { outcomes.push_back(outcome); }, options));

    with_connection(config, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        const auto failed = co_await c.execute("select 1/0");
        EXPECT_FALSE(failed);
        co_return pgcoro::success();
    });

    EXPECT_EQ(outcomes, (std::vector{query_log_outcome::ok, query_log_outcome::failed}));
}

TEST(query_log, writes_lines_to_a_stream) {
    std::ostringstream stream;
    pgcoro::connect_config config(shared_server().dsn());
    config.observe(std::make_shared<query_log>(stream));

    with_connection(config, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select\n1"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 2"));
        co_return pgcoro::success();
    });

    const auto text = stream.str();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
    EXPECT_TRUE(contains(text, R"(sql="select\n1")")) << text;
}

TEST(query_log, a_callback_that_throws_loses_its_line_and_nothing_else) {
    const auto log = std::make_shared<query_log>([](std::string_view) { throw std::runtime_error("disk full"); });
    pgcoro::connect_config config(shared_server().dsn());
    config.observe(log);

    with_connection(config, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(const int one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return pgcoro::success();
    });

    EXPECT_EQ(log->lost_lines(), 1u);
}

TEST(query_log, transactions_and_connections_are_logged_if_asked_for) {
    query_log_options options;
    options.transactions = options.connections = true;

    const auto all = logged_json(options, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        c.close();
        co_return pgcoro::success();
    });

    std::string events;
    for (const auto& line : all) {
        events.append(line.at("event").as_string().c_str()).append(" ");
        if (const auto* kind = line.if_contains("kind")) {
            events.append(kind->as_string().c_str()).append(" ");
        }
    }
    EXPECT_TRUE(contains(events, "connect statement execute ")) << events;
    EXPECT_TRUE(contains(events, "transaction_end committed ")) << events;
    EXPECT_TRUE(contains(events, "statement commit ")) << events;
    EXPECT_TRUE(events.ends_with("disconnect ")) << events;
    for (const auto& line : all) {
        EXPECT_EQ(line.at("outcome"), "ok") << line;
        if (line.contains("sql") && line.at("sql") == "select 1") {
            EXPECT_EQ(line.at("in_transaction"), true);
        }
    }
}

TEST(query_log, a_connect_that_failed_is_logged_if_asked_for) {
    query_log_options options;
    options.connections = true;
    lines all;
    pgcoro::connect_config config(shared_server().dsn());
    config.database("there_is_no_such_database");
    config.observe(std::make_shared<query_log>([&](std::string_view line) { all.emplace_back(line); }, options));

    run([&]() -> task<> {
        const auto failed = co_await pgcoro::connect(config);
        EXPECT_FALSE(failed);
        co_return pgcoro::success();
    });

    ASSERT_EQ(all.size(), 1u);
    EXPECT_TRUE(contains(all[0], "event=connect outcome=failed") && contains(all[0], "sqlstate=3D000")) << all[0];
}

TEST(query_log, a_connect_names_its_pool) {
    query_log_options options;
    options.connections = true;
    lines all;
    pgcoro::pool_options pooled;
    pooled.name = "main";
    pooled.observers.push_back(std::make_shared<query_log>([&](std::string_view line) { all.emplace_back(line); }, options));

    run([&]() -> task<> {
        pgcoro::pool db(co_await boost::asio::this_coro::executor, shared_server().dsn(), pooled);
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        co_return co_await db.close();
    });

    ASSERT_FALSE(all.empty());
    EXPECT_TRUE(contains(all[0], "event=connect outcome=ok") && contains(all[0], " pool=main")) << all[0];
}

TEST(query_log, a_batch_is_one_line_with_all_its_statements) {
    const auto all = logged_json({}, [](connection& c) -> task<> {
        auto first = pgcoro::fetch_one<int>("select $1::int", 1);
        auto second = pgcoro::fetch_one<std::string>("select $1::text", "a");
        BOOST_OUTCOME_CO_TRY(co_await c.batch(std::move(first), std::move(second)));
        const std::vector<int> numbers = {1, 2, 3};
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("select $1::int", numbers));
        co_return pgcoro::success();
    });

    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].at("kind"), "batch");
    EXPECT_EQ(all[0].at("statements"), 2);
    EXPECT_EQ(all[0].at("sql"), "select $1::int; select $1::text");
    EXPECT_EQ(all[0].at("parameters").as_array().size(), 2u);
    EXPECT_EQ(all[1].at("kind"), "execute_many");
    EXPECT_EQ(all[1].at("statements"), 3);
    EXPECT_EQ(all[1].at("sql"), "select $1::int");
    EXPECT_EQ(all[1].at("parameters").as_array().size(), 1u);
}

TEST(query_log, long_sql_and_many_parameters_are_cut) {
    query_log_options options;
    options.max_sql = 10;
    options.max_parameters = 1;

    const auto all = logged_json(options, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select '\xc3\xa4\xc3\xa4', $1::int, $2::int", 1, 2));
        co_return pgcoro::success();
    });

    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].at("sql"), "select '\xc3\xa4\xe2\x80\xa6");
    EXPECT_EQ(boost::json::serialize(all[0].at("parameters")), R"(["int4","..."])");
}

TEST(query_log, values_are_shown_only_if_asked_for_and_cut) {
    query_log_options options;
    options.values = true;
    options.max_value = 5;

    const auto all = logged_json(options, [](connection& c) -> task<> {
        const std::optional<int> nothing;
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select $1::text, $2::int, $3::int", "abcdefg", 42, nothing));
        co_return pgcoro::success();
    });

    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(boost::json::serialize(all[0].at("parameters")),
              "[\"unspecified = abcde\xe2\x80\xa6\",\"int4 = 42\",\"int4 = NULL\"]");
}

/// Everything that could carry a value into a log: parameters, errors that quote them, connects that fail.
task<> use_secrets(pgcoro::connect_config config) {
    BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(config));
    BOOST_OUTCOME_CO_TRY(co_await c.execute("create temporary table secrets (t text primary key, n int check (n <> 987654))"));
    const std::vector<std::string> values = {"hidden-value-1", "hidden-value-2"};
    BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into secrets (t) values ($1)", values));
    const auto twice = co_await c.execute("insert into secrets (t) values ($1)", "hidden-value-1");
    EXPECT_EQ(twice.error(), pgcoro::sqlstate::unique_violation);
    const auto no_number = co_await c.execute("select $1::text::int", "hidden-value-3");
    EXPECT_EQ(no_number.error(), pgcoro::sqlstate::invalid_text_representation);
    const auto refused = co_await c.execute("insert into secrets values ($1, $2)", "hidden-value-4", 987654);
    EXPECT_EQ(refused.error(), pgcoro::sqlstate::check_violation);
    BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.fetch<std::string>("select t from secrets where t = $1", "hidden-value-2"));
    BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
    c.close();
    config.database("none").attempt_timeout(10s);
    const auto nowhere = co_await pgcoro::connect(config);
    EXPECT_FALSE(nowhere);
    co_return pgcoro::success();
}

lines secrets_logged(query_log_options options) {
    lines all;
    options.transactions = options.connections = true;
    pgcoro::connect_config config(shared_server().tcp_dsn());
    config.observe(std::make_shared<query_log>([&](std::string_view line) { all.emplace_back(line); }, std::move(options)));
    run([&] { return use_secrets(config); });
    return all;
}

TEST(query_log, no_line_has_a_value_or_a_password) {
    const auto password = pgcoro::connect_config(shared_server().tcp_dsn()).get("password");
    ASSERT_FALSE(password.empty());
    query_log_options json;
    json.format = pgcoro::append_json;

    for (const auto& all : {secrets_logged({}), secrets_logged(json)}) {
        EXPECT_GE(all.size(), 10u);
        for (const auto& line : all) {
            EXPECT_FALSE(contains(line, "hidden-value")) << line;
            EXPECT_FALSE(contains(line, password)) << line;
            EXPECT_TRUE(!contains(line, "987654") || contains(line, "create temporary table")) << line;
        }
    }
}

TEST(query_log, values_and_messages_appear_if_asked_for_and_the_password_does_not) {
    const auto password = pgcoro::connect_config(shared_server().tcp_dsn()).get("password");
    query_log_options options;
    options.values = options.error_messages = true;

    std::string all;
    for (const auto& line : secrets_logged(options)) {
        all += line;
    }

    EXPECT_TRUE(contains(all, "unspecified = hidden-value-4")) << all;
    EXPECT_TRUE(contains(all, R"(message="invalid input syntax for type integer: \"hidden-value-3\"")")) << all;
    EXPECT_FALSE(contains(all, password)) << all;
}

} // namespace
