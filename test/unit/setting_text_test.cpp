// SPDX-License-Identifier: BSL-1.0
#include "statement/setting_text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace pgcoro::wire;

TEST(setting_text, of_what_decides_the_meaning_of_statements) {
    for (const char* sql : {"set search_path = a", "  SET LOCAL Search_Path TO a", "set time zone 'UTC'",
                            "set timezone to 'UTC'", "set role r", "set session authorization default", "reset all",
                            "discard all", "RESET DateStyle", "/* x */ set search_path = a", "set schema 'a'"}) {
        EXPECT_TRUE(sets_meaning(sql)) << sql;
    }
    for (const char* sql : {"", "set statement_timeout = 5", "set constraints all deferred", "set transaction read only",
                            "select 1 at time zone 'UTC'", "insert into settings values (1)", "reset statement_timeout"}) {
        EXPECT_FALSE(sets_meaning(sql)) << sql;
    }
}

TEST(setting_text, of_calls_of_set_config) {
    for (const char* sql : {"select set_config('search_path', $1, true)", "select pg_catalog.SET_CONFIG($1, $2, false)",
                            "select set_config(name, value, true) from settings",
                            "select set_config('app.a', 'b', true), set_config($1, $2, true)"}) {
        EXPECT_TRUE(may_set_meaning(sql)) << sql;
    }
    for (const char* sql :
         {"select 1", "select set_config('app.tenant', $1, true)", "select set_config ( 'app.tenant', $1, true)"}) {
        EXPECT_FALSE(may_set_meaning(sql)) << sql;
    }
}

TEST(setting_text, of_how_long_it_lasts) {
    EXPECT_TRUE(sets_for_session("set search_path = a"));
    EXPECT_FALSE(sets_for_session("set local search_path = a"));
    EXPECT_FALSE(sets_for_session("select set_config('search_path', $1, true)"));
    EXPECT_TRUE(sets_for_session("select set_config('search_path', $1, false)"));
    EXPECT_TRUE(sets_for_session("select set_config('search_path', $1, $2)"));
}

TEST(setting_text, of_what_is_as_it_was) {
    EXPECT_EQ(restored_by("set timezone to 'UTC'"), restored::none);
    EXPECT_EQ(restored_by("set timezone to default"), restored::one);
    EXPECT_EQ(restored_by("reset search_path"), restored::one);
    EXPECT_EQ(restored_by("reset all"), restored::all);
}

} // namespace
