// SPDX-License-Identifier: BSL-1.0
#include "statement/sql_command.hpp"

#include <gtest/gtest.h>

namespace {

using pgcoro::effect_of;
using pgcoro::first_word;
using pgcoro::sql_command;
using pgcoro::transaction_effect;

TEST(sql_command, knows_the_queries_that_can_be_copied) {
    using pgcoro::can_be_copied;
    for (const char* const sql :
         {"select 1", "SELECT a FROM t;", "values (1), (2)", "table t", "with x as (select 1) table x",
          "(select 1) union (select 2)", "select ';', $$;$$, \"into\" from t -- ;", "/* copy */ select 1"}) {
        EXPECT_TRUE(can_be_copied(sql)) << sql;
    }
    for (const char* const sql :
         {"", ";", "-- select", "select $1", "select 1; select 2", "select 1 into t", "insert into t values (1)",
          "with x as (delete from t returning a) table x", "select a from t for update", "select a from t for key share",
          "show all", "fetch c", "explain select 1", "copy t to stdout"}) {
        EXPECT_FALSE(can_be_copied(sql)) << sql;
    }
}

TEST(sql_command, transaction_words_are_found_behind_space_and_comments_in_any_case) {
    using enum transaction_effect;
    EXPECT_EQ(effect_of("BEGIN isolation level serializable"), begins);
    EXPECT_EQ(effect_of("  \n-- a comment\n /* another */ ;Start transaction"), begins);
    EXPECT_EQ(effect_of("commit;"), commits);
    EXPECT_EQ(effect_of("END"), commits);
    EXPECT_EQ(effect_of("Prepare transaction 'a'"), commits);
    EXPECT_EQ(effect_of("rollback"), rolls_back);
    EXPECT_EQ(effect_of("abort"), rolls_back);
    EXPECT_EQ(effect_of("/* a /* nested */ comment */ end"), commits);
    EXPECT_EQ(effect_of("rollback prepared 'a'"), commits);
    EXPECT_EQ(effect_of("rollback  prepared 'a'"), commits);
    EXPECT_EQ(effect_of("Rollback\n\tPREPARED 'a'"), commits);
    EXPECT_EQ(effect_of("rollback /* of */ -- the\n prepared 'a'"), commits);
    EXPECT_EQ(effect_of("rollback to prepared"), rolls_back);
    EXPECT_EQ(effect_of("call p()"), may_commit_within);
    EXPECT_EQ(effect_of("do $$ begin end $$"), may_commit_within);
}

TEST(sql_command, words_that_only_begin_alike_are_no_transaction_words) {
    using enum transaction_effect;
    for (const char* sql : {"", "select 1", "beginning", "commit_all()", "ending", "startled", "/* commit", "-- commit",
                            "/* /* */ commit */ select 1", "savepoint a", "release a", "callable", "double"}) {
        EXPECT_EQ(effect_of(sql), none) << sql;
    }
}

TEST(sql_command, begins_behind_space_comments_and_semicolons) {
    EXPECT_EQ(first_word(" ;\n-- a 'comment'\n/* /* nested */ */ Select 1"), "Select");
    EXPECT_EQ(first_word("  -- nothing"), "");
    EXPECT_EQ(effect_of("/* commit */ select 1"), transaction_effect::none);
    EXPECT_EQ(effect_of("select 'commit'"), transaction_effect::none);
}

TEST(sql_command, has_a_verb_and_an_object) {
    const auto command = sql_command::read("set /* for now */ LOCAL statement_timeout = 5");
    EXPECT_EQ(command.verb, "set");
    EXPECT_EQ(command.object, "LOCAL");
    EXPECT_EQ(command.session_word, "set");
    EXPECT_FALSE(command.is_of_transaction());
}

TEST(sql_command, is_of_its_transaction_or_changes_the_session) {
    EXPECT_TRUE(sql_command::read("begin").is_of_transaction());
    EXPECT_TRUE(sql_command::read("lock table t").is_of_transaction());
    EXPECT_FALSE(sql_command::read("select 1").is_of_transaction());
    EXPECT_EQ(sql_command::read("declare c cursor with hold for select 1").hold, "hold");
    EXPECT_EQ(sql_command::read("create temp table t (a int)").session_word, "temp");
}

TEST(sql_command, that_runs_code_is_opaque) {
    for (const char* sql : {"call p()", "DO $$ begin end $$", "select dblink_connect('a', 'b')"}) {
        EXPECT_TRUE(sql_command::read(sql).is_opaque) << sql;
    }
    EXPECT_FALSE(sql_command::read("select call from calls").is_opaque);
    EXPECT_FALSE(sql_command::read("select 'dblink_connect'").is_opaque);
}

} // namespace
