// SPDX-License-Identifier: BSL-1.0
// The statements of a script, and what all of them together leave behind and make of a loss.
#include "statement/statement_splitter.hpp"

#include "pool/session_traces.hpp"
#include "wire/loss.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using pgcoro::statement_splitter;
using pgcoro::pooling::traces;
using pgcoro::pooling::traces_of_script;
using pgcoro::wire::loss;
using statement_texts = std::vector<std::string>;

statement_texts split(std::string_view script) {
    statement_texts found;
    statement_splitter statements(script);
    for (auto sql = statements.next(); !sql.empty(); sql = statements.next()) {
        found.emplace_back(sql);
    }
    return found;
}

TEST(statement_splitter, gives_each_statement_from_its_first_word) {
    EXPECT_EQ(split("select 1; select 2"), (statement_texts{"select 1", "select 2"}));
    EXPECT_EQ(split("  -- one\n select 1;;\n; /* two */ (select 2) ;"), (statement_texts{"select 1", "(select 2) "}));
    EXPECT_EQ(split(""), statement_texts());
    EXPECT_EQ(split(" ;; -- ;"), statement_texts());
}

TEST(statement_splitter, is_not_misled_by_semicolons_inside) {
    EXPECT_EQ(split("select ';', \";\", $$;$$, $a$ ; $a$; end").size(), 2u);
    EXPECT_EQ(split("create rule r as on insert to t do (select 1; select 2); select 3").size(), 2u);
    EXPECT_EQ(
        split("create function f() returns int begin atomic select 1; select case when true then 2 end; end; select 4").size(),
        2u);
}

TEST(pool_traces, a_script_leaves_what_any_of_its_statements_does) {
    EXPECT_EQ(traces_of_script("select 1; select 2"), traces::none);
    EXPECT_EQ(traces_of_script("begin; insert into t values (1); commit"), traces::none);
    EXPECT_EQ(traces_of_script("select 1; set work_mem = '1MB'"), traces::settings);
    EXPECT_EQ(traces_of_script("select 1; listen a; select 2"), traces::settings);
    EXPECT_EQ(traces_of_script("create table t (); create temp table u ()"), traces::settings);
    EXPECT_EQ(traces_of_script("set a = 1; prepare p as select 1; select 2"), traces::statements);
}

/// The verdict on a script alone in flight.
loss::verdict judge_script(loss::circumstances facts, std::string_view script) {
    loss l(facts);
    statement_splitter statements(script);
    for (auto sql = statements.next(); !sql.empty(); sql = statements.next()) {
        l.statement(sql);
    }
    return l.judge();
}

TEST(loss, a_script_is_in_doubt_if_it_may_have_committed) {
    using enum loss::verdict;
    const loss::circumstances cut{};
    const loss::circumstances ended{.server_said_fatal = true};
    const loss::circumstances cut_in_transaction{.in_transaction = true};
    EXPECT_EQ(judge_script(cut, "insert into t values (1); select 1"), in_doubt);
    EXPECT_EQ(judge_script(ended, "insert into t values (1); select 1"), not_done);
    EXPECT_EQ(judge_script(ended, "insert into t values (1); commit; select 1"), in_doubt);
    EXPECT_EQ(judge_script(ended, "begin; insert into t values (1); commit; select 1"), in_doubt);
    EXPECT_EQ(judge_script(cut, "begin; insert into t values (1)"), not_done);
    EXPECT_EQ(judge_script(cut_in_transaction, "insert into t values (1); select 1"), not_done);
    EXPECT_EQ(judge_script(cut_in_transaction, "insert into t values (1); commit; select 1"), in_doubt);
    EXPECT_EQ(judge_script(cut_in_transaction, "select 1; rollback; insert into t values (1)"), in_doubt);
}

} // namespace
