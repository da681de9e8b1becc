// SPDX-License-Identifier: BSL-1.0
#include "wire/loss.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>
#include <vector>

namespace {

using namespace pgcoro::wire;
using enum loss::verdict;
using verdicts = std::vector<loss::verdict>;

/// The verdicts on requests of one statement each.
verdicts judge(loss::circumstances facts, std::initializer_list<std::string_view> statements) {
    loss l(facts);
    verdicts given;
    for (const auto sql : statements) {
        l.statement(sql);
        given.push_back(l.judge());
    }
    return given;
}

/// The verdict on one request of several statements.
loss::verdict judge_batch(loss::circumstances facts, std::initializer_list<std::string_view> statements) {
    loss l(facts);
    for (const auto sql : statements) {
        l.statement(sql);
    }
    return l.judge();
}

constexpr loss::circumstances broken{.in_transaction = false};
constexpr loss::circumstances broken_in_transaction{.in_transaction = true};
constexpr loss::circumstances fatal{.in_transaction = false, .server_said_fatal = true};
constexpr loss::circumstances fatal_at_sync{.in_transaction = false, .server_said_fatal = true, .head_was_executed = true};

TEST(loss, a_broken_connection_leaves_every_autocommit_statement_in_doubt) {
    EXPECT_EQ(judge(broken, {"insert into t values (1)", "select 1", "update t set a = 1"}), verdicts(3, in_doubt));
}

TEST(loss, a_broken_connection_undoes_an_open_transaction) {
    EXPECT_EQ(judge(broken_in_transaction, {"insert into t values (1)", "savepoint s", "select 1"}), verdicts(3, not_done));
}

TEST(loss, commit_in_flight_is_in_doubt_and_what_follows_is_autocommitted) {
    EXPECT_EQ(judge(broken_in_transaction, {"insert into t values (1)", "commit", "insert into t values (2)"}),
              (verdicts{not_done, in_doubt, in_doubt}));
}

TEST(loss, a_transaction_that_begins_in_flight_is_undone) {
    EXPECT_EQ(judge(broken, {"insert into t values (1)", "begin", "insert into t values (2)"}),
              (verdicts{in_doubt, not_done, not_done}));
}

TEST(loss, after_a_rollback_in_flight_statements_are_autocommitted) {
    EXPECT_EQ(judge(broken_in_transaction, {"rollback", "insert into t values (2)"}), (verdicts{not_done, in_doubt}));
}

TEST(loss, a_rollback_to_a_savepoint_errs_on_the_side_of_doubt) {
    EXPECT_EQ(judge(broken_in_transaction, {"rollback to savepoint s", "insert into t values (2)"}),
              (verdicts{not_done, in_doubt}));
}

TEST(loss, prepare_transaction_is_a_commit) {
    EXPECT_EQ(judge(broken_in_transaction, {"prepare transaction 'x'"}), (verdicts{in_doubt}));
}

TEST(loss, fatal_names_the_statement_it_was_at_and_those_behind_never_ran) {
    EXPECT_EQ(judge(fatal, {"insert into t values (1)", "insert into t values (2)", "commit"}),
              (verdicts{not_done, never_ran, never_ran}));
}

TEST(loss, fatal_leaves_what_may_commit_on_its_way_in_doubt) {
    EXPECT_EQ(judge(fatal, {"call p()", "call p()"}), (verdicts{in_doubt, never_ran}));
    EXPECT_EQ(judge(fatal, {"DO $$ begin commit; end $$"}), (verdicts{in_doubt}));
    EXPECT_EQ(judge_batch(fatal, {"begin", "insert into t values (1)", "commit", "select 1"}), in_doubt);
    EXPECT_EQ(judge(fatal, {"create index concurrently i on t (a)"}), (verdicts{in_doubt}));
}

// It may have committed here and then waited for a synchronous standby.
TEST(loss, fatal_leaves_a_commit_in_doubt) {
    loss::circumstances facts = fatal;
    facts.in_transaction = true;
    EXPECT_EQ(judge(facts, {"commit"}), (verdicts{in_doubt}));
    EXPECT_EQ(judge_batch(fatal, {"begin", "insert into t values (1)", "commit"}), in_doubt);
    EXPECT_EQ(judge_batch(fatal, {"begin", "insert into t values (1)"}), not_done);
}

TEST(loss, a_server_that_was_idle_when_it_said_fatal_has_read_nothing) {
    loss::circumstances facts = fatal;
    facts.in_transaction = true;
    facts.server_was_idle = true;
    EXPECT_EQ(judge(facts, {"commit", "insert into t values (1)"}), verdicts(2, never_ran));
}

TEST(loss, what_the_server_had_refused_is_not_in_doubt_when_the_connection_breaks) {
    loss::circumstances facts = broken;
    facts.head_failed = true;
    EXPECT_EQ(judge(facts, {"insert into t values (1)", "insert into t values (2)"}), (verdicts{not_done, in_doubt}));
    EXPECT_EQ(judge_batch(facts, {"begin", "insert into t values (1)", "commit", "select 1 / 0"}), in_doubt);
}

TEST(loss, fatal_in_a_transaction_leaves_nothing_in_doubt) {
    loss::circumstances facts = fatal;
    facts.in_transaction = true;
    EXPECT_EQ(judge(facts, {"call p()"}), (verdicts{not_done}));
}

TEST(loss, fatal_while_only_the_sync_was_missing_leaves_the_first_in_doubt) {
    EXPECT_EQ(judge(fatal_at_sync, {"insert into t values (1)", "insert into t values (2)"}), (verdicts{in_doubt, never_ran}));
}

TEST(loss, fatal_while_only_the_sync_was_missing_undoes_an_open_transaction) {
    loss::circumstances facts = fatal_at_sync;
    facts.in_transaction = true;
    EXPECT_EQ(judge(facts, {"insert into t values (1)"}), (verdicts{not_done}));
}

TEST(loss, a_batch_is_in_doubt_if_any_of_its_statements_may_have_been_committed) {
    EXPECT_EQ(judge_batch(broken, {"begin", "insert into t values (1)"}), not_done);
    EXPECT_EQ(judge_batch(broken, {"begin", "insert into t values (1)", "commit"}), in_doubt);
    EXPECT_EQ(judge_batch(broken, {"insert into t values (1)", "begin"}), in_doubt);
}

TEST(loss, the_verdict_on_one_batch_says_nothing_of_the_next) {
    loss l(broken_in_transaction);
    l.statement("commit");
    EXPECT_EQ(l.judge(), in_doubt);
    l.statement("begin");
    EXPECT_EQ(l.judge(), not_done);
}

} // namespace
