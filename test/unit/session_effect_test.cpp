// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/session_effect.hpp>
#include <pgcoro/sql.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using pgcoro::detail::session_word;

TEST(session_effect, commands_are_known_by_their_first_word) {
    for (const std::string_view word :
         {"abort",   "begin",   "close",    "commit",    "copy", "deallocate", "declare", "discard",
          "end",     "execute", "fetch",    "listen",    "load", "lock",       "move",    "prepare",
          "release", "reset",   "rollback", "savepoint", "set",  "start",      "unlisten"}) {
        EXPECT_EQ(session_word(word), word);
        EXPECT_EQ(session_word(std::string(word) + " something"), word);
        EXPECT_EQ(session_word("select " + std::string(word)), "") << word;
    }
}

TEST(session_effect, the_case_of_letters_does_not_matter) {
    EXPECT_EQ(session_word("BEGIN isolation level serializable"), "BEGIN");
    EXPECT_EQ(session_word("Create Temp Table t (id int)"), "Temp");
    EXPECT_EQ(session_word("select PG_Advisory_Lock(1)"), "PG_Advisory_Lock");
}

TEST(session_effect, what_stands_before_the_first_word_does_not_hide_it) {
    EXPECT_EQ(session_word(" ;\n-- a comment\n/* and /* another */ */ begin"), "begin");
    EXPECT_EQ(session_word("set local search_path = shop"), "set");
}

TEST(session_effect, a_longer_word_is_another_word) {
    for (const std::string_view harmless :
         {"settle", "beginning", "selection", "ended", "copyright", "notify changes", "pre"}) {
        EXPECT_EQ(session_word(harmless), "") << harmless;
    }
}

TEST(session_effect, temporary_tables_are_known_however_they_are_made) {
    EXPECT_EQ(session_word("create temp table t (id int)"), "temp");
    EXPECT_EQ(session_word("create temporary sequence s"), "temporary");
    EXPECT_EQ(session_word("create or replace temp view v as select 1"), "temp");
    EXPECT_EQ(session_word("create global temporary table t (id int)"), "temporary");
    EXPECT_EQ(session_word("create local temp table t as select 1"), "temp");
    EXPECT_EQ(session_word("select 1 as id into temp t"), "temp");
    EXPECT_EQ(session_word("with x as (select 1) select * into local temporary table t from x"), "temporary");
    EXPECT_EQ(session_word("create table pg_temp.t (id int)"), "pg_temp");
    EXPECT_EQ(session_word("explain analyze create temp table t as select 1"), "temp");
}

TEST(session_effect, a_table_may_be_called_temp) {
    for (const std::string_view harmless :
         {"insert into temp values (1)", "select temp from temporary",
          "merge into temp using t on true when matched then delete", "create table temps (temp int)",
          "create table t (temp int)", "select 1 into t", "update temp set temporary = 1",
          "with x as (insert into temp values (1) returning id) select id from x"}) {
        EXPECT_EQ(session_word(harmless), "") << harmless;
    }
}

TEST(session_effect, locks_and_settings_of_the_session_are_known_by_their_functions) {
    for (const std::string_view name :
         {"pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_lock_shared",
          "pg_advisory_unlock", "pg_advisory_unlock_shared", "pg_advisory_unlock_all", "set_config", "setseed"}) {
        EXPECT_EQ(session_word("select " + std::string(name) + "(1)"), name);
        EXPECT_EQ(session_word("update t set a = 1 where pg_catalog." + std::string(name) + "(1)"), name);
    }
}

TEST(session_effect, locks_of_the_transaction_are_fine) {
    for (const std::string_view harmless : {"select pg_advisory_xact_lock(1)", "select pg_try_advisory_xact_lock_shared(1)",
                                            "select current_setting('a.b')", "select 'pg_advisory_lock'"}) {
        EXPECT_EQ(session_word(harmless), "") << harmless;
    }
}

TEST(session_effect, strings_quoted_names_and_comments_are_not_looked_into) {
    for (const std::string_view harmless :
         {"select 'set_config(1)'", "select E'\\'set_config'", "select $$ set_config $$", "select $a$ set_config $a$",
          "select 1 -- set_config", "select /* set_config */ 1", "select 1 as \"set_config\""}) {
        EXPECT_EQ(session_word(harmless), "") << harmless;
    }
}

TEST(session_effect, text_without_words_has_none) {
    EXPECT_EQ(session_word(""), "");
    EXPECT_EQ(session_word("  ; "), "");
    EXPECT_EQ(session_word("'unterminated"), "");
}

template <class... Args>
pgcoro::detail::statement_text text_of(pgcoro::sql<Args...> statement, const Args&...) {
    return statement;
}

TEST(session_effect, the_compiler_knows_it_of_literals) {
    EXPECT_TRUE(text_of("select $1", 1).is_stateless());
    EXPECT_FALSE(text_of("select pg_advisory_lock($1)", 1).is_stateless());
    EXPECT_FALSE(text_of("begin").is_stateless());
}

TEST(session_effect, of_text_made_at_run_time_nothing_is_known) {
    const pgcoro::detail::statement_text text = pgcoro::unchecked_sql("select 1");
    EXPECT_FALSE(text.is_stateless());
}

TEST(session_effect, statements_that_set_another_encoding_are_told_from_those_that_do_not) {
    using pgcoro::detail::sets_encoding;
    for (const char* sets :
         {"set client_encoding to latin1", " SET /* so */ LOCAL Client_Encoding = 'LATIN1'", "set session names 'big5'",
          "set names 'latin1'", "select set_config('client_encoding', $1, false)"}) {
        EXPECT_TRUE(sets_encoding(sets)) << sets;
    }
    for (const char* harmless :
         {"", "set", "set local", "set client_encoding to 'UTF8'", "set names utf8", "set client_encoding to default",
          "show client_encoding", "reset client_encoding", "select 'set client_encoding to latin1'",
          "alter role app set client_encoding to latin1", "select current_setting('client_encoding')"}) {
        EXPECT_FALSE(sets_encoding(harmless)) << harmless;
    }
}

} // namespace
