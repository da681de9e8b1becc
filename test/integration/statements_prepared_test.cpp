// SPDX-License-Identifier: BSL-1.0
// Static SQL is prepared when it is first used, and parsed no more. The judge is pg_prepared_statements, asked through the
// connection itself with SQL that is never prepared.
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connect_config;
using pgcoro::connection;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::unchecked_sql;

/// Name and number of executions of each prepared statement with this text.
task<std::vector<std::tuple<std::string, long>>> prepared(connection& c, std::string text) {
    co_return co_await c.fetch<std::tuple<std::string, long>>(
        unchecked_sql(
            "select name, generic_plans + custom_plans from pg_prepared_statements where statement = $1 order by name"),
        text);
}

task<long> prepared_count(connection& c) {
    co_return co_await c.fetch_one<long>(unchecked_sql("select count(*) from pg_prepared_statements"));
}

class statements_prepared : public testing::TestWithParam<bool> {
protected:
    /// With a connection that serves one statement after the other in a pipeline, or, where the parameter is true, outside of
    /// it.
    void run_statements(connect_config config, const std::function<task<>(connection&)>& body) {
        with_connection(std::move(config), [&](connection& c) -> task<> {
            // Statements have names once it is known that the session is not shared.
            BOOST_OUTCOME_CO_TRY(co_await c.execute("select"));
            if (GetParam()) {
                BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
            }
            BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("deallocate all")));
            auto outcome = co_await body(c);
            co_return outcome;
        });
    }
};

TEST_P(statements_prepared, text_that_is_kept_is_prepared_like_a_literal) {
    run_statements(shared_server().dsn(), [](connection& c) -> task<> {
        for (int n = 0; n < 3; ++n) {
            const auto text = unchecked_sql::kept(std::string("select 5 * $") + "1");
            BOOST_OUTCOME_CO_TRY(auto found, co_await c.fetch_one<int>(text, n));
            EXPECT_EQ(found, 5 * n);
        }
        BOOST_OUTCOME_CO_TRY(auto names, co_await prepared(c, "select 5 * $1"));
        EXPECT_EQ(names.size(), 1u);
        const auto wrong = unchecked_sql::kept("select 6 * $1");
        EXPECT_EQ(error_of(co_await c.fetch_one<int>(wrong, 1, 2)), pgcoro::errc::parameter_count_mismatch);
        const auto nul = unchecked_sql::kept(std::string_view("select 1\0", 9));
        EXPECT_EQ(error_of(co_await c.fetch_one<int>(nul)), pgcoro::errc::invalid_text);
        co_return pgcoro::success();
    });
}

TEST_P(statements_prepared, the_second_use_of_a_literal_parses_nothing) {
    run_statements(shared_server().dsn(), [](connection& c) -> task<> {
        for (int n = 0; n < 3; ++n) {
            BOOST_OUTCOME_CO_TRY(auto twice, co_await c.fetch_one<int>("select 2 * $1", n));
            EXPECT_EQ(twice, 2 * n);
        }
        BOOST_OUTCOME_CO_TRY(auto known, co_await prepared(c, "select 2 * $1"));
        EXPECT_EQ(known.size(), 1u);
        for (const auto& [name, uses] : known) {
            EXPECT_EQ(uses, 3);
        }
        co_return success();
    });
}

TEST_P(statements_prepared, the_same_text_with_other_types_is_another_statement) {
    run_statements(shared_server().dsn(), [](connection& c) -> task<> {
        for (int n = 0; n < 2; ++n) {
            BOOST_OUTCOME_CO_TRY(auto number, co_await c.fetch_one<std::string>("select pg_typeof($1)::text", 1));
            EXPECT_EQ(number, "integer");
            BOOST_OUTCOME_CO_TRY(auto truth, co_await c.fetch_one<std::string>("select pg_typeof($1)::text", true));
            EXPECT_EQ(truth, "boolean");
        }
        BOOST_OUTCOME_CO_TRY(auto known, co_await prepared(c, "select pg_typeof($1)::text"));
        EXPECT_EQ(known.size(), 2u);
        for (const auto& [name, uses] : known) {
            EXPECT_EQ(uses, 2);
        }
        co_return success();
    });
}

TEST_P(statements_prepared, text_made_at_run_time_is_not_prepared) {
    run_statements(shared_server().dsn(), [](connection& c) -> task<> {
        for (int n = 0; n < 3; ++n) {
            BOOST_OUTCOME_CO_TRY(co_await c.fetch_one<int>(unchecked_sql("select 1 + $1"), n));
        }
        BOOST_OUTCOME_CO_TRY(auto known, co_await prepared(c, "select 1 + $1"));
        EXPECT_TRUE(known.empty());
        co_return success();
    });
}

TEST_P(statements_prepared, with_the_policy_unnamed_nothing_is_prepared) {
    const auto config = connect_config(shared_server().dsn()).prepare(pgcoro::prepare_policy::unnamed);
    run_statements(config, [](connection& c) -> task<> {
        for (int n = 0; n < 3; ++n) {
            BOOST_OUTCOME_CO_TRY(auto twice, co_await c.fetch_one<int>("select 2 * $1", n));
            EXPECT_EQ(twice, 2 * n);
        }
        const std::vector<int> many{1, 2};
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("select $1::int", many));
        BOOST_OUTCOME_CO_TRY(co_await c.batch(pgcoro::execute("select 1"), pgcoro::execute("select 2")));
        BOOST_OUTCOME_CO_TRY(auto known, co_await prepared_count(c));
        EXPECT_EQ(known, 0);
        co_return success();
    });
}

TEST(statements_names, are_made_of_text_and_types_and_so_are_the_same_in_every_session) {
    std::vector<std::string> names;
    for (int session = 0; session < 2; ++session) {
        with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
            if (session == 1) {
                BOOST_OUTCOME_CO_TRY(co_await c.execute("select 'something else first'"));
            }
            for (int n = 0; n < 2; ++n) {
                BOOST_OUTCOME_CO_TRY(co_await c.fetch_one<int>("select 3 * $1", n));
            }
            BOOST_OUTCOME_CO_TRY(auto known, co_await prepared(c, "select 3 * $1"));
            EXPECT_EQ(known.size(), 1u);
            for (const auto& [name, uses] : known) {
                names.push_back(name);
            }
            co_return success();
        });
    }
    ASSERT_EQ(names.size(), 2u);
    EXPECT_EQ(names[0], names[1]);
}

// What a literal means is decided when the statement is prepared.
TEST(statements_names, differ_where_literals_mean_something_else) {
    with_connection(connect_config(shared_server().dsn()).statement_cache_size(1), [](connection& c) -> task<> {
        const auto day = [&] { return c.fetch_one<std::string>("select to_char('03/04/2020'::date, 'YYYY-MM-DD')"); };
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set datestyle = 'ISO, MDY'"));
        for (int n = 0; n < 2; ++n) {
            BOOST_OUTCOME_CO_TRY(auto march, co_await day());
            EXPECT_EQ(march, "2020-03-04");
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set datestyle = 'ISO, DMY'")); // which takes its place in the cache
        BOOST_OUTCOME_CO_TRY(auto april, co_await day());
        EXPECT_EQ(april, "2020-04-03");
        co_return success();
    });
}

// As behind a pooler that lends one server session to several programs: somebody else has prepared the same.
TEST(statements_names, one_that_is_there_already_is_used) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        const auto use = [&] { return c.fetch_one<int>("select 7 * $1", 3); };
        BOOST_OUTCOME_CO_TRY(co_await use());
        BOOST_OUTCOME_CO_TRY(co_await use());
        BOOST_OUTCOME_CO_TRY(auto known, co_await prepared(c, "select 7 * $1"));
        EXPECT_EQ(known.size(), 1u);
        const auto name = known.empty() ? std::string() : std::get<0>(known.front());
        // The tag makes the session forget all names; the server gets this one back from elsewhere.
        BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("deallocate all")));
        BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("prepare " + name + " (int4) as select 7 * $1")));
        for (int n = 0; n < 3; ++n) {
            BOOST_OUTCOME_CO_TRY(auto found, co_await use());
            EXPECT_EQ(found, 21);
        }
        co_return success();
    });
}

INSTANTIATE_TEST_SUITE_P(in_pipeline_mode, statements_prepared, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(alone, statements_prepared, testing::Values(true));

} // namespace
