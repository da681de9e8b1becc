// SPDX-License-Identifier: BSL-1.0
#include "pool/pooler_rules.hpp"

#include <gtest/gtest.h>

namespace {

using pgcoro::pooling::lasting_word;

TEST(pooler_rules, what_lasts_longer_than_a_transaction_is_named) {
    EXPECT_EQ(lasting_word("SET work_mem = 1"), "SET");
    EXPECT_EQ(lasting_word("set session authorization app"), "set");
    EXPECT_EQ(lasting_word("/* why */ listen news"), "listen");
    EXPECT_EQ(lasting_word("discard all"), "discard");
    EXPECT_EQ(lasting_word("prepare p as select 1"), "prepare");
    EXPECT_EQ(lasting_word("select pg_advisory_lock(1)"), "pg_advisory_lock");
    EXPECT_EQ(lasting_word("declare c cursor with hold for select 1"), "hold");
    EXPECT_EQ(lasting_word("create temp table t (id int)"), "temp");
}

TEST(pooler_rules, what_a_transaction_ends_with_itself_is_not) {
    for (const char* const sql :
         {"begin", "commit", "rollback to savepoint s", "savepoint s", "release s", "set local work_mem = 1",
          "SET TRANSACTION read only", "set constraints all deferred", "declare c cursor for select 1", "fetch 1 from c",
          "close c", "lock t", "select pg_advisory_xact_lock(1)", "select 1", "declare c cursor for select 'with hold'",
          "declare c cursor without hold for select 1", "declare c cursor for select id from rooms where hold",
          "declare c cursor for with hold as (select 1) table hold", ""}) {
        EXPECT_EQ(lasting_word(sql), "") << sql;
    }
}

} // namespace
