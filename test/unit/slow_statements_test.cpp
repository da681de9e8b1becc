// SPDX-License-Identifier: BSL-1.0
#include "observers/explain_commands.hpp"
#include "observers/slow_statements.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace pgcoro::observers;

const recent_fingerprints::time_point start = recent_fingerprints::time_point() + 1000h;

slow_statement_view slow(std::uint64_t fingerprint, std::string_view sql = "select 1") {
    slow_statement_view view;
    view.sql = sql;
    view.fingerprint = fingerprint;
    return view;
}

TEST(slow_statements, the_same_text_is_taken_once_an_hour) {
    slow_statements waiting{pgcoro::slow_query_plans_options()};

    EXPECT_TRUE(waiting.offer(slow(1), start));
    EXPECT_FALSE(waiting.offer(slow(1), start));
    EXPECT_FALSE(waiting.offer(slow(1), start + 1h - 1ns));
    EXPECT_TRUE(waiting.offer(slow(1), start + 1h));
    EXPECT_FALSE(waiting.offer(slow(1), start + 2h - 1ns));
    EXPECT_EQ(waiting.skipped(), 0);
}

TEST(slow_statements, the_time_between_is_configurable) {
    pgcoro::slow_query_plans_options options;
    options.once_in = 1s;
    slow_statements waiting(options);

    EXPECT_TRUE(waiting.offer(slow(1), start));
    EXPECT_TRUE(waiting.offer(slow(1), start + 1s));
}

TEST(slow_statements, come_out_in_order_with_all_that_is_known) {
    slow_statements waiting{pgcoro::slow_query_plans_options()};
    const std::array<std::uint32_t, 2> types = {23, 0};
    slow_statement_view view;
    view.name = "find";
    view.sql = "select $1, $2";
    view.fingerprint = 42;
    view.types = types;
    view.duration = 3s;
    waiting.offer(view, start);
    waiting.offer(slow(1), start);

    const auto first = waiting.take();
    const auto second = waiting.take();

    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->plan.name, "find");
    EXPECT_EQ(first->plan.sql, "select $1, $2");
    EXPECT_EQ(first->plan.fingerprint, 42);
    EXPECT_EQ(first->plan.duration, 3s);
    EXPECT_EQ(first->types, (std::vector<std::uint32_t>{23, 0}));
    EXPECT_EQ(second->plan.fingerprint, 1);
    EXPECT_FALSE(waiting.take());
}

TEST(slow_statements, what_finds_no_room_is_counted_and_may_come_again) {
    pgcoro::slow_query_plans_options options;
    options.max_queued = 1;
    slow_statements waiting(options);

    EXPECT_TRUE(waiting.offer(slow(1), start));
    EXPECT_FALSE(waiting.offer(slow(2), start));
    EXPECT_EQ(waiting.skipped(), 1);
    waiting.take();
    EXPECT_TRUE(waiting.offer(slow(2), start));
}

TEST(slow_statements, what_waits_or_was_explained_is_not_counted_as_skipped) {
    pgcoro::slow_query_plans_options options;
    options.max_queued = 1;
    slow_statements waiting(options);
    waiting.offer(slow(1), start);

    EXPECT_FALSE(waiting.offer(slow(1), start));

    EXPECT_EQ(waiting.skipped(), 0);
}

TEST(slow_statements, a_long_text_is_skipped) {
    pgcoro::slow_query_plans_options options;
    options.max_sql = 8;
    slow_statements waiting(options);

    EXPECT_TRUE(waiting.offer(slow(1, "select 1"), start));
    EXPECT_FALSE(waiting.offer(slow(2, "select 12"), start));
    EXPECT_EQ(waiting.skipped(), 1);
}

TEST(slow_statements, a_full_memory_takes_none_before_the_oldest_is_forgotten) {
    pgcoro::slow_query_plans_options options;
    options.max_remembered = 2;
    slow_statements waiting(options);

    EXPECT_TRUE(waiting.offer(slow(1), start));
    EXPECT_TRUE(waiting.offer(slow(2), start + 1min));
    EXPECT_FALSE(waiting.offer(slow(3), start + 59min));
    EXPECT_TRUE(waiting.offer(slow(3), start + 1h));
    EXPECT_FALSE(waiting.offer(slow(2), start + 1h));
}

TEST(explain_commands, know_what_can_be_explained) {
    for (const char* sql : {"select 1", "SELECT 1", "insert into t values (1)", "Update t set n = 1", "delete from t",
                            "merge into t using s on true when matched then delete", "values (1)",
                            "with a as (select 1) table a", "(select 1) union select 2", "/* update */ -- delete\n select 1"}) {
        EXPECT_TRUE(can_be_explained(sql)) << sql;
    }
    for (const char* sql :
         {"", "explain select 1", "create table t (n int)", "vacuum", "declare c cursor for select 1", "copy t to stdout",
          "call p()", "do $$select$$", "-- select", "prepare x as select 1", "analyze select", "selection"}) {
        EXPECT_FALSE(can_be_explained(sql)) << sql;
    }
}

TEST(explain_commands, never_analyze) {
    for (const auto format : {pgcoro::plan_format::text, pgcoro::plan_format::json}) {
        EXPECT_EQ(explain_execute("p", 0, format, false).find("analy"), std::string::npos);
        EXPECT_EQ(explain_execute("p", 0, format, true).find("analy"), std::string::npos);
    }
}

TEST(explain_commands, name_types_and_give_no_values) {
    const std::array<std::string, 2> types = {"integer", "text[]"};

    EXPECT_EQ(prepare_command("p", types, "select $1, $2"), "prepare p (integer, text[]) as select $1, $2");
    EXPECT_EQ(prepare_command("p", {}, "select 1"), "prepare p as select 1");
    EXPECT_EQ(explain_execute("p", 2, pgcoro::plan_format::json, false), "explain (format json) execute p(null, null)");
    EXPECT_EQ(explain_execute("p", 0, pgcoro::plan_format::text, false), "explain (format text) execute p");
    EXPECT_EQ(explain_execute("p", 1, pgcoro::plan_format::text, true), "explain (generic_plan, format text) execute p(null)");
}

} // namespace
