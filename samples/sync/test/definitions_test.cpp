// SPDX-License-Identifier: BSL-1.0
// What keeps the table of a target from being a copy, and what to do about it.
#include "table_definition.hpp"

#include <gtest/gtest.h>

namespace data_sync {
namespace {

source_table items() {
    source_table t;
    t.schema = "public";
    t.name = "items";
    t.columns = {{"id", "integer", "integer", {}, {}}, {"price", "numeric", "numeric(8,2)", {}, {}}};
    t.identifies_rows = true;
    t.key = {"id"};
    return t;
}

target_column target(std::string name, std::string type, std::string full_type) {
    return {std::move(name), std::move(type), std::move(full_type), false, false, false};
}

target_table same() {
    target_table t;
    t.columns = {target("id", "integer", "integer"), target("price", "numeric", "numeric(8,2)")};
    t.primary_key = {"id"};
    t.unique_keys = {{"id"}};
    return t;
}

std::string only_difference(const source_table& s, const target_table& t) {
    const auto found = find_differences(s, &t);
    return found.size() == 1 ? found[0] : std::to_string(found.size()) + " differences";
}

TEST(sync_definitions, that_are_the_same_have_no_differences) {
    const auto t = same();
    EXPECT_TRUE(find_differences(items(), &t).empty());
}

TEST(sync_definitions, say_what_to_do_about_each_difference) {
    EXPECT_NE(find_differences(items(), nullptr).at(0).find("no such table"), std::string::npos);
    auto t = same();
    t.columns.pop_back();
    EXPECT_TRUE(only_difference(items(), t).ends_with(R"(alter table "public"."items" add column "price" numeric(8,2))"));
    t = same();
    t.columns[1] = target("price", "integer", "integer");
    EXPECT_TRUE(only_difference(items(), t).ends_with(R"(alter column "price" type numeric(8,2))"));
    t = same();
    t.columns.push_back(target("more", "text", "text"));
    EXPECT_TRUE(only_difference(items(), t).ends_with(R"(alter column "more" drop not null)"));
    t.columns.back().may_be_left_out = true;
    EXPECT_TRUE(find_differences(items(), &t).empty());
    t.unique_keys.clear();
    EXPECT_TRUE(only_difference(items(), t).ends_with(R"(add primary key ("id"))"));
    t = same();
    t.columns[1].is_generated = true;
    EXPECT_NE(only_difference(items(), t).find("is generated"), std::string::npos);
}

TEST(sync_definitions, differ_where_the_target_has_another_length_or_precision) {
    auto t = same();
    t.columns[1].full_type = "numeric(8,1)";
    EXPECT_EQ(only_difference(items(), t),
              "public.items: column \"price\" is of type numeric(8,2) in the source, and of type numeric(8,1) in the target: "
              R"(alter table "public"."items" alter column "price" type numeric(8,2))");
    for (const char* const other : {"numeric(7,2)", "numeric(10,4)", "numeric(10,1)"}) {
        t.columns[1].full_type = other;
        EXPECT_FALSE(find_differences(items(), &t).empty()) << other;
    }
    t.columns[1].full_type = "numeric(10,2)";
    EXPECT_TRUE(find_differences(items(), &t).empty());
    t.columns[1].full_type = "numeric"; // takes any
    EXPECT_TRUE(find_differences(items(), &t).empty());

    auto s = items();
    s.columns[1] = {"price", "text", "text", {}, {}};
    t.columns[1] = target("price", "character varying", "character varying");
    EXPECT_TRUE(find_differences(s, &t).empty());
    t.columns[1].full_type = "character varying(20)";
    EXPECT_TRUE(only_difference(s, t).ends_with(R"(alter column "price" type text)"));
    s.columns[1] = {"price", "character varying", "character varying(9)", {}, {}};
    EXPECT_TRUE(find_differences(s, &t).empty());
    s.columns[1].full_type = "character varying(21)";
    EXPECT_FALSE(find_differences(s, &t).empty());
    s.columns[1] = {"price", "character", "character(2)", {}, {}}; // filled up with spaces
    t.columns[1] = target("price", "character", "character(3)");
    EXPECT_FALSE(find_differences(s, &t).empty());
}

TEST(sync_definitions, add_a_column_with_the_value_that_old_rows_have) {
    source_column c{"size", "character varying", "character varying(9)", {}, {}};
    EXPECT_EQ(statements_to_add(items(), c).value(),
              (std::vector<std::string>{R"(alter table "public"."items" add column "size" character varying(9))"}));
    c.missing_value = "it's";
    EXPECT_EQ(statements_to_add(items(), c).value()[0],
              R"(alter table "public"."items" add column "size" character varying(9) default 'it''s'::character varying)");
    EXPECT_EQ(statements_to_add(items(), c).value()[1], R"(alter table "public"."items" alter column "size" drop default)");
    c.default_expression = "'new'";
    EXPECT_EQ(statements_to_add(items(), c).value()[1],
              R"(alter table "public"."items" alter column "size" set default 'new')");
    c.missing_value.reset();
    EXPECT_FALSE(statements_to_add(items(), c)); // each row has a value of its own
}

TEST(sync_definitions, take_any_key_of_the_target_where_whole_rows_come) {
    pgcoro::replication::table streamed;
    streamed.schema = "public";
    streamed.name = "items";
    streamed.columns.resize(2);
    streamed.columns[0].name = "id";
    streamed.columns[1].name = "price";
    streamed.columns[1].is_key = true;
    EXPECT_TRUE(make_shape(streamed, same()).columns[1].is_key);
    streamed.identity = pgcoro::replication::identity::full;
    const auto shape = make_shape(streamed, same());
    EXPECT_TRUE(shape.columns[0].is_key);
    EXPECT_FALSE(shape.columns[1].is_key);
    auto keyless = same();
    keyless.primary_key.clear();
    EXPECT_FALSE(make_shape(streamed, keyless).has_key());
    EXPECT_EQ(make_shape(streamed, keyless).columns[1].type, "numeric");
}

} // namespace
} // namespace data_sync
