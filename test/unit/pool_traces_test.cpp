// SPDX-License-Identifier: BSL-1.0
// Which statements leave something behind in their session.
#include "pool/session_traces.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using pgcoro::detail::statement_text;
using pgcoro::pooling::trace_finder;
using pgcoro::pooling::traces;
using pgcoro::pooling::traces_of;

TEST(pool_traces, everyday_statements_leave_none) {
    for (const char* const sql : {"select 1",
                                  "update t set a = 1",
                                  "insert into sets (listen) values (1)",
                                  "begin",
                                  "commit",
                                  "with x as (select 1) select * from x",
                                  "delete from template",
                                  "",
                                  "   ",
                                  "/* set",
                                  "select pg_advisory_xact_lock(1)",
                                  "select pg_try_advisory_xact_lock(1)",
                                  "-- set",
                                  "explain select 1",
                                  "select nextval('s')",
                                  "select temp from readings",
                                  "select 'set_config'",
                                  "fetch 1 from c",
                                  "select doing from jobs",
                                  "savepoint s",
                                  "create table t (id int)",
                                  "show all"}) {
        EXPECT_EQ(traces_of(sql), traces::none) << sql;
    }
}

TEST(pool_traces, commands_that_change_the_session_do) {
    for (const char* const sql :
         {"set search_path = x", "SET x TO y", " \n set x = 1", "/* a /* b */ c */ set x = 1", "-- a\nset x = 1", "; listen a",
          "LISTEN a", "unlisten *", "declare c cursor with hold for select 1", "load 'x'", "reset all", "do $$ begin end $$",
          "call p()", "set\tx=1"}) {
        EXPECT_EQ(traces_of(sql), traces::settings) << sql;
    }
}

TEST(pool_traces, so_do_functions_and_temporary_tables_wherever_they_stand) {
    for (const char* const sql :
         {"select set_config('a', 'b', false)", "create temp table t (id int)", "CREATE TEMPORARY VIEW v as select 1",
          "select 1 into temp t", "select pg_advisory_lock(1)", "select Pg_Try_Advisory_Lock_Shared(1)",
          "with x as (select set_config('a', 'b', false)) select * from x"}) {
        EXPECT_EQ(traces_of(sql), traces::settings) << sql;
    }
}

TEST(pool_traces, statements_prepared_in_sql_are_told_apart) {
    EXPECT_EQ(traces_of("prepare p as select 1"), traces::statements);
    EXPECT_EQ(traces_of("DEALLOCATE p"), traces::statements);
}

TEST(pool_traces, a_static_text_is_read_once) {
    trace_finder finder;
    std::string storage = "select 1 from nothing";
    const statement_text text(std::string_view(storage), 0, 77);
    EXPECT_EQ(finder.traces_of(text), traces::none);
    storage = "set x = 1 -- changed!";
    EXPECT_EQ(finder.traces_of(text), traces::none) << "read again";
    const statement_text other(std::string_view(storage), 0, 78);
    EXPECT_EQ(finder.traces_of(other), traces::settings);
    EXPECT_EQ(finder.traces_of(other), traces::settings);
}

TEST(pool_traces, text_made_at_run_time_is_read_each_time) {
    trace_finder finder;
    EXPECT_EQ(finder.traces_of(statement_text(std::string("select 1"))), traces::none);
    EXPECT_EQ(finder.traces_of(statement_text(std::string("set x = 1"))), traces::settings);
}

} // namespace
