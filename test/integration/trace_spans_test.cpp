// SPDX-License-Identifier: BSL-1.0
// Spans of real statements, and what the server sees of their traces.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/trace_spans.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::trace_context;

class tracing : public testing::Test {
protected:
    tracing() {
        options.on_end = [this](pgcoro::span&& s) { spans.push_back(std::move(s)); };
    }

    void with_traced(const std::function<task<>(connection&)>& body) {
        pgcoro::connect_config config(shared_server().dsn());
        config.observe(std::make_shared<pgcoro::trace_spans>(options));
        with_connection(config, body);
    }

    /// An attribute of the last span, as text.
    std::string attribute(const std::string& name) const {
        for (const auto& [key, value] : spans.back().attributes) {
            if (key == name) {
                const auto* const text = std::get_if<std::string>(&value);
                return text ? *text : std::to_string(std::get<std::int64_t>(value));
            }
        }
        return "none";
    }

    pgcoro::trace_options options;
    std::vector<pgcoro::span> spans;
    trace_context around = *pgcoro::read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "v=1");
};

constexpr const char* own_query = "select query from pg_stat_activity where pid = pg_backend_pid()";

TEST_F(tracing, a_statement_is_a_span_of_its_callers_trace) {
    options.current = [this] { return around; };
    with_traced([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.fetch("select generate_series(1, $1)", 4));
        EXPECT_EQ(spans.size(), 1u);
        const auto first = spans.front();
        EXPECT_EQ(first.context.trace_id, around.trace_id);
        EXPECT_EQ(first.parent_id, around.span_id);
        EXPECT_NE(first.context.span_id, around.span_id);
        EXPECT_EQ(first.context.state, "v=1");
        EXPECT_TRUE(first.name.starts_with("SELECT "));
        EXPECT_LE(first.begin, first.end);
        EXPECT_FALSE(first.has_failed);
        EXPECT_EQ(attribute("db.system.name"), "postgresql");
        EXPECT_EQ(attribute("db.operation.name"), "SELECT");
        EXPECT_EQ(attribute("db.query.text"), "select generate_series(1, $1)");
        EXPECT_EQ(attribute("db.response.returned_rows"), "4");
        EXPECT_EQ(attribute("server.port"), std::to_string(shared_server().port()));

        EXPECT_EQ(error_of(co_await c.execute("select 1 / 0").named("divide")), sqlstate::division_by_zero);
        EXPECT_EQ(spans.back().name, "divide");
        EXPECT_TRUE(spans.back().has_failed);
        EXPECT_EQ(attribute("db.response.status_code"), "22012");
        EXPECT_EQ(attribute("error.type"), "22012");
        EXPECT_NE(spans.back().context.span_id, first.context.span_id);

        BOOST_OUTCOME_CO_TRY(co_await c.batch(pgcoro::execute("select 1"), pgcoro::execute("select 2")));
        EXPECT_EQ(attribute("db.operation.batch.size"), "2");
        co_return success();
    });
}

TEST_F(tracing, text_made_at_run_time_is_left_out) {
    with_traced([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute(pgcoro::unchecked_sql("select 'secret'")));
        EXPECT_EQ(attribute("db.query.text"), "none");
        co_return success();
    });
}

TEST_F(tracing, statements_are_children_of_their_transaction) {
    options.current = [this] { return around; };
    with_traced([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(auto inner, co_await tx.begin());
        BOOST_OUTCOME_CO_TRY(co_await inner.execute("select 2"));
        BOOST_OUTCOME_CO_TRY(co_await inner.commit());
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        co_return success();
    });
    ASSERT_EQ(spans.size(), 5u); // two statements, RELEASE, COMMIT and the transaction
    const auto transaction =
        std::find_if(spans.begin(), spans.end(), [](const auto& s) { return s.name.starts_with("transaction "); });
    ASSERT_NE(transaction, spans.end());
    EXPECT_EQ(transaction->parent_id, around.span_id);
    for (const auto& s : spans) {
        if (&s != &*transaction) {
            EXPECT_EQ(s.parent_id, transaction->context.span_id) << s.name;
        }
        EXPECT_EQ(s.context.trace_id, around.trace_id);
    }
}

TEST_F(tracing, a_trace_that_is_not_sampled_has_no_spans) {
    around.is_sampled = false;
    options.current = [this] { return around; };
    with_traced([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        co_return success();
    });
    EXPECT_TRUE(spans.empty());
}

TEST_F(tracing, without_a_context_each_statement_begins_a_trace) {
    std::uint64_t next = 0;
    options.random = [&] { return next++; };
    int asked = 0;
    options.samples = [&] { return asked++ != 1; };
    with_traced([&](connection& c) -> task<> {
        for (int i = 0; i < 3; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        }
        co_return success();
    });
    ASSERT_EQ(spans.size(), 2u);
    EXPECT_EQ(spans[0].parent_id, decltype(spans[0].parent_id)());
    EXPECT_NE(spans[0].context.trace_id, spans[1].context.trace_id);
    EXPECT_NE(spans[0].context.trace_id, decltype(spans[0].context.trace_id)()); // an id of zeros is none
}

TEST_F(tracing, comments_reach_the_server_but_not_prepared_statements) {
    options.current = [this] { return around; };
    options.comments = pgcoro::trace_comments::unprepared;
    options.comment_tags["application"] = "the shop";
    with_traced([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(const auto seen, co_await c.fetch_one<std::string>(pgcoro::unchecked_sql(own_query)));
        EXPECT_EQ(seen, std::string(own_query) + "/*application='the%20shop',traceparent='" +
                            pgcoro::traceparent(spans.back().context) + "',tracestate='v%3D1'*/");
        std::string prepared;
        for (int i = 0; i < 5; ++i) {
            BOOST_OUTCOME_CO_TRY(
                prepared, co_await c.fetch_one<std::string>("select query from pg_stat_activity where pid = pg_backend_pid()"));
        }
        EXPECT_EQ(prepared, own_query);
        BOOST_OUTCOME_CO_TRY(const auto names, co_await c.fetch_one<std::int64_t>(
                                                   pgcoro::unchecked_sql("select count(*) from pg_prepared_statements "
                                                                         "where statement not like '%traceparent%'")));
        EXPECT_GT(names, 0);
        co_return success();
    });
}

TEST_F(tracing, comments_of_sampled_traces_leave_prepared_statements_as_they_are) {
    options.current = [this] { return around; };
    options.comments = pgcoro::trace_comments::sampled;
    with_traced([&](connection& c) -> task<> {
        std::vector<std::string> seen;
        for (int i = 0; i < 8; ++i) {
            around.is_sampled = i % 4 == 3;
            BOOST_OUTCOME_CO_TRY(auto text, co_await c.fetch_one<std::string>(
                                                "select query from pg_stat_activity where pid = pg_backend_pid()"));
            EXPECT_EQ(text.find("traceparent") != std::string::npos, around.is_sampled) << i << ": " << text;
        }
        around.is_sampled = false;
        BOOST_OUTCOME_CO_TRY(const auto count,
                             co_await c.fetch_one<std::int64_t>(pgcoro::unchecked_sql(
                                 "select count(*) from pg_prepared_statements where statement like '%pg_backend_pid%'")));
        EXPECT_EQ(count, 1); // it was prepared once, and is there still
        co_return success();
    });
}

TEST_F(tracing, sampled_comments_go_with_rows_of_any_type) {
    options.current = [this] { return around; };
    options.comments = pgcoro::trace_comments::sampled;
    with_traced([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        for (int i = 0; i < 4; ++i) {
            BOOST_OUTCOME_CO_TRY(const auto rows, co_await tx.fetch("select 42"));
            EXPECT_EQ(rows.size(), 1u);
            BOOST_OUTCOME_CO_TRY(const auto texts, co_await tx.fetch<std::string>("select 'text'"));
            EXPECT_EQ(texts.size(), 1u);
        }
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        co_return success();
    });
}

TEST_F(tracing, a_callback_that_throws_costs_the_span_and_nothing_else) {
    options.current = []() -> std::optional<trace_context> { throw std::runtime_error("no context"); };
    with_traced([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(const int one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
    EXPECT_TRUE(spans.empty());
}

TEST_F(tracing, spans_that_never_end_are_freed) {
    options.current = [this] { return around; };
    {
        boost::asio::io_context loop;
        pgcoro::connect_config config(shared_server().dsn());
        config.observe(std::make_shared<pgcoro::trace_spans>(options));
        pgcoro::pool db(loop.get_executor(), config);
        db.execute("select pg_sleep(100)")([](auto) {});
        loop.run_for(std::chrono::milliseconds(20));
    }
    EXPECT_TRUE(spans.empty()); // and a sanitizer is content
}

TEST_F(tracing, no_value_is_in_any_span) {
    with_traced([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (t text unique)"));
        for (int i = 0; i < 2; ++i) {
            static_cast<void>(co_await c.execute("insert into kept values ($1)", "hunter2").named("insert"));
        }
        co_return success();
    });
    ASSERT_EQ(spans.size(), 3u);
    EXPECT_TRUE(spans.back().has_failed); // its detail quotes the value
    for (const auto& s : spans) {
        std::string all = s.name;
        for (const auto& [key, value] : s.attributes) {
            all += key + (std::holds_alternative<std::string>(value) ? std::get<std::string>(value) : "");
        }
        EXPECT_EQ(all.find("hunter2"), std::string::npos) << all;
    }
}

} // namespace
