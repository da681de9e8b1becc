// SPDX-License-Identifier: BSL-1.0
// regclass and its like in rows that are printed: by the names that the server prints.
#include "support/proxy.hpp"
#include "support/run.hpp"
#include "types_fixture.hpp"

#include <pgcoro/print_table.hpp>
#include <pgcoro/to_json.hpp>
#include <pgcoro/to_text.hpp>

#include <boost/json/serialize.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::object_id;
using pgcoro::unchecked_sql;

class object_names : public types_fixture {
protected:
    void SetUp() override {
        types_fixture::SetUp();
        for (const char* sql :
             {"set client_min_messages = warning", "drop schema if exists named cascade", "create schema named",
              "create table named.\"A, b\" (id int)", "create type named.pair as (of regclass, n int)",
              "create type named.nested as (inside named.pair)", "create domain named.d as regtype"}) {
            const auto done = run(connection_.execute(unchecked_sql(sql)));
            ASSERT_TRUE(done) << sql << ": " << done.error();
        }
    }

    /// What a new session prints, and the server.
    static void expect_as_printed(const std::string& expression) {
        with_connection(shared_server().dsn(), [&](pgcoro::connection& fresh) -> pgcoro::task<> {
            const auto sql = "select " + expression + " as c, format('%s', " + expression + ")";
            BOOST_OUTCOME_CO_TRY(auto rows, co_await fresh.fetch(unchecked_sql(sql)));
            for (const auto row : rows) {
                BOOST_OUTCOME_CO_TRY(auto ours, to_text(row[0]));
                BOOST_OUTCOME_CO_TRY(auto theirs, row[1].as<std::string>());
                EXPECT_EQ(ours, theirs) << expression;
            }
            co_return pgcoro::success();
        });
    }
};

TEST_F(object_names, are_those_that_the_server_prints) {
    for (const char* const expression :
         {"'pg_class'::regclass", "'named.\"A, b\"'::regclass", "'int4'::regtype", "'timestamptz[]'::regtype",
          "'int4in'::regproc", "'lower(text)'::regprocedure", "'pg_catalog'::regnamespace", "current_user::regrole",
          "'english'::regconfig", "'simple'::regdictionary", "'\"C\"'::regcollation", "'+(int4,int4)'::regoperator",
          "'|/'::regoper"}) {
        expect_as_printed(expression);
    }
}

TEST_F(object_names, of_databases) {
    if (shared_server().server_version() < 190000) {
        GTEST_SKIP() << "regdatabase came with PostgreSQL 19";
    }
    for (const char* const expression : {"'postgres'", "0::oid", "4000000000::oid", "array['postgres']::regdatabase[]"}) {
        expect_as_printed(std::string(expression) + (expression[0] == 'a' ? "" : "::regdatabase"));
    }
}

TEST_F(object_names, of_none_and_of_what_is_gone) {
    for (const char* const type : {"regclass", "regtype", "regproc", "regprocedure", "regoper", "regoperator", "regnamespace",
                                   "regrole", "regconfig", "regdictionary", "regcollation"}) {
        expect_as_printed("0::oid::" + std::string(type));
        expect_as_printed("4000000000::oid::" + std::string(type));
    }
}

TEST_F(object_names, inside_of_other_values_that_the_session_has_not_met) {
    for (const char* const expression :
         {"array['pg_class', 'named.\"A, b\"']::regclass[]", "array[['int4', 'int8']]::regtype[]",
          "row('pg_class'::regclass, 1)", "row(row('int4'::regtype))", "row('named.\"A, b\"'::regclass, 7)::named.pair",
          "row(row('pg_class'::regclass, 7)::named.pair)::named.nested", "array[row('pg_class'::regclass, 7)::named.pair]",
          "'int4'::regtype::named.d"}) {
        expect_as_printed(expression);
    }
}

TEST_F(object_names, in_tables_and_json) {
    const auto rows = run(connection_.fetch("select 'pg_class'::regclass as relation, 1259::oid as number")).value();
    std::ostringstream table;
    table << rows;
    EXPECT_NE(table.str().find("pg_class"), std::string::npos) << table.str();
    EXPECT_EQ(boost::json::serialize(to_json(rows).value()), R"([{"relation":"pg_class","number":1259}])");
    EXPECT_EQ(rows[0]["relation"].as<object_id>().value(), object_id{1259});
}

TEST_F(object_names, follow_what_is_renamed) {
    constexpr pgcoro::sql sql = "select to_regclass('named.t'), to_regclass('named.u')";
    ASSERT_TRUE(run(connection_.execute("create table named.t ()")));
    EXPECT_EQ(to_text(run(connection_.fetch(sql)).value()[0][0]).value(), "named.t");
    ASSERT_TRUE(run(connection_.execute("alter table named.t rename to u")));
    EXPECT_EQ(to_text(run(connection_.fetch(sql)).value()[0][1]).value(), "named.u");
}

TEST_F(object_names, are_asked_for_once_for_all_rows_and_statements_of_a_batch) {
    asio::io_context loop;
    proxy between(loop, shared_server());
    pgcoro::test::run(loop, [&]() -> pgcoro::task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(between.config()));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select"));
        const auto before = between.heard('S');
        BOOST_OUTCOME_CO_TRY(auto both, co_await c.batch(pgcoro::fetch("select oid::regclass from pg_class"),
                                                         pgcoro::fetch("select oid::regtype from pg_type")));
        EXPECT_EQ(between.heard('S') - before, 2u);
        EXPECT_GT(std::get<0>(both).size(), 100u);
        BOOST_OUTCOME_CO_TRY(auto text, to_text(std::get<1>(both)[0][0]));
        EXPECT_EQ(text, "boolean");
        c.close();
        co_return success();
    });
}

} // namespace
