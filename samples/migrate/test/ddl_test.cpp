// SPDX-License-Identifier: BSL-1.0
// The SQL of the target: above all, that names are quoted.
#include "ddl.hpp"
#include "failure.hpp"
#include "leave_out.hpp"
#include "model.hpp"
#include "sql_text.hpp"

#include <gtest/gtest.h>

namespace migrate {
namespace {

std::string all_sql(const std::vector<statement>& statements) {
    std::string text;
    for (const statement& s : statements) {
        text += s.sql + "\n";
    }
    return text;
}

TEST(sql_text, quotes_what_a_name_can_have) {
    EXPECT_EQ(sql_name("My \"table\""), "\"My \"\"table\"\"\"");
    EXPECT_EQ(sql_name(object_name{"a.b", "select"}), "\"a.b\".\"select\"");
    EXPECT_EQ(sql_names({"a", "B"}), "\"a\", \"B\"");
    EXPECT_EQ(literal("it's"), "'it''s'");
    EXPECT_TRUE(is_name(std::string(63, 'x')));
    EXPECT_FALSE(is_name(std::string(64, 'x')));
    EXPECT_FALSE(is_name(""));
    EXPECT_FALSE(is_name("\xFF"));
}

TEST(ddl, makes_a_table_with_everything) {
    schema s;
    table t = table_named("Odd \"name\"");
    t.columns = {column_named("Id", "bigint"), column_named("b", "text"), column_named("c", "int"), column_named("d", "int")};
    t.columns[0].is_required = true;
    t.columns[0].counted = identity{true, 5, 1, "cycle"};
    t.columns[1].default_value = expression{"x", "'x'"};
    t.columns[2].generated = expression{"d+1", "d + 1"};
    t.columns[3].default_value = expression{"f()", ""};
    s.tables.push_back(t);
    auto plan = plan_of(s);
    plan.tables[0].columns[1].mapping.collation = "pg_catalog.\"C\"";
    plan.tables[0].columns[3].mapping.check = "\"d\" in (1)";

    EXPECT_EQ(all_sql(before_data(plan)), "create schema if not exists \"shop\"\n"
                                          "create table \"shop\".\"Odd \"\"name\"\"\" (\n"
                                          "    \"Id\" bigint generated always as identity (cycle) not null,\n"
                                          "    \"b\" text collate pg_catalog.\"C\" default 'x',\n"
                                          "    \"c\" int generated always as (d + 1) stored,\n"
                                          "    \"d\" int check (\"d\" in (1))\n)\n");
    EXPECT_EQ(before_data(plan)[1].undo, "drop table if exists \"shop\".\"Odd \"\"name\"\"\"");
}

TEST(ddl, makes_a_table_without_columns) {
    schema s;
    s.tables.push_back(table_named("t"));
    EXPECT_EQ(before_data(plan_of(s))[1].sql, "create table \"shop\".\"t\" ()");
}

TEST(ddl, a_column_that_may_become_null_is_not_required) {
    schema s;
    table t = table_named("t");
    t.columns = {column_named("a", "date")};
    t.columns[0].is_required = true;
    s.tables.push_back(t);
    auto plan = plan_of(s);
    plan.tables[0].columns[0].mapping.may_become_null = true;
    EXPECT_EQ(before_data(plan)[1].sql, "create table \"shop\".\"t\" (\n    \"a\" date\n)");
}

schema two_tables() {
    schema s;
    table orders = table_named("orders");
    orders.columns = {column_named("id", "int"), column_named("Day", "date")};
    orders.primary_key = key{"", {"id"}, ""};
    orders.uniques = {key{"Days", {"Day", "id"}, ""}};
    orders.checks = {check{"positive", {"id>0", "id > 0"}, ""}, check{"lost", {"f(id)", ""}, ""}};
    index i;
    i.name = "By day";
    i.is_unique = true;
    i.parts = {index_part{"Day", {}, true}, index_part{"", expression{"x", "lower(x)"}, false}};
    i.predicate = expression{"id=1", "id = 1"};
    orders.indexes = {i};
    table lines = table_named("lines");
    lines.columns = {column_named("order", "int")};
    foreign_key f;
    f.name = "to orders";
    f.columns = {"order"};
    f.referenced = orders.name;
    f.on_delete = "cascade";
    lines.foreign_keys = {f};
    s.tables = {orders, lines};
    return s;
}

TEST(ddl, makes_keys_indexes_and_references) {
    const schema s = two_tables();
    const auto plan = plan_of(s);
    EXPECT_EQ(all_sql(keys_of(plan, plan.tables[0])),
              "alter table \"shop\".\"orders\" add primary key (\"id\")\n"
              "alter table \"shop\".\"orders\" add constraint \"Days\" unique (\"Day\", \"id\")\n"
              "alter table \"shop\".\"orders\" add constraint \"positive\" check (id > 0)\n");
    EXPECT_EQ(all_sql(indexes_of(plan, plan.tables[0])),
              "create unique index \"By day\" on \"shop\".\"orders\" using btree (\"Day\" desc, (lower(x))) where id = 1\n");
    const auto references = references_of(plan, plan.tables[1]);
    ASSERT_EQ(references.size(), 1u);
    EXPECT_EQ(references[0].to, &plan.tables[0]);
    EXPECT_EQ(references[0].made_by.sql, "alter table \"shop\".\"lines\" add constraint \"to orders\" foreign key (\"order\") "
                                         "references \"shop\".\"orders\" on delete cascade");
}

TEST(ddl, definitions_of_the_source_come_first) {
    schema s = two_tables();
    s.tables[0].primary_key->definition = "PRIMARY KEY (id) INCLUDE (\"Day\")";
    s.tables[0].indexes[0].definition = "CREATE INDEX something";
    const auto plan = plan_of(s);
    EXPECT_EQ(keys_of(plan, plan.tables[0])[0].sql, "alter table \"shop\".\"orders\" add PRIMARY KEY (id) INCLUDE (\"Day\")");
    EXPECT_EQ(indexes_of(plan, plan.tables[0])[0].sql, "CREATE INDEX something");
}

TEST(ddl, leaves_out_what_is_not_wanted) {
    const schema s = two_tables();
    auto plan = plan_of(s);

    ASSERT_TRUE(leave_out(plan, {"constraint shop.orders positive", "index shop.By day", "foreign key shop.lines to orders"}));

    EXPECT_EQ(keys_of(plan, plan.tables[0]).size(), 2u);
    EXPECT_TRUE(indexes_of(plan, plan.tables[0]).empty());
    EXPECT_TRUE(references_of(plan, plan.tables[1]).empty());
    EXPECT_EQ(plan.notes.size(), 3u);
    EXPECT_EQ(leave_out(plan, {"index shop.unknown"}).error().code(), make_error_code(failure::wrong_usage));
}

TEST(ddl, views_and_comments_come_last) {
    schema s;
    table t = table_named("t");
    t.comment = "it's";
    t.columns = {column_named("A", "int")};
    t.columns[0].comment = "a";
    s.tables = {t};
    view v;
    v.name = {"shop", "seen"};
    v.query.postgres = "select 1";
    v.is_materialized = true;
    s.views = {v};
    EXPECT_EQ(all_sql(after_all(plan_of(s))), "create materialized view \"shop\".\"seen\" as select 1\n"
                                              "comment on table \"shop\".\"t\" is 'it''s'\n"
                                              "comment on column \"shop\".\"t\".\"A\" is 'a'\n");
}

TEST(ddl, a_materialized_view_is_tried_without_rows) {
    schema s;
    view v;
    v.name = {"shop", "seen"};
    v.query.postgres = "select 1";
    v.is_materialized = true;
    s.views = {v};
    s.views[0].is_populated = false;
    EXPECT_EQ(after_all(plan_of(s))[0].sql, "create materialized view \"shop\".\"seen\" as select 1 with no data");
    s.views[0].is_populated = true;
    EXPECT_EQ(after_all(plan_of(s))[0].trial, "create materialized view \"shop\".\"seen\" as select 1 with no data");
}

TEST(ddl, a_partition_has_what_differs_from_its_table) {
    schema s;
    table days = table_named("days");
    days.columns = {column_named("a", "int"), column_named("b", "int"), column_named("c", "int")};
    days.columns[0].default_value = expression{"1", "1"};
    days.columns[2].default_value = expression{"3", "3"};
    days.partition_by = "LIST (c)";
    table part = days;
    part.name.name = "days_1";
    part.parent = days.name;
    part.partition_by.clear();
    part.partition_bounds = "FOR VALUES IN (1)";
    part.columns[0].default_value.reset();
    part.columns[1].default_value = expression{"2", "2"};
    part.columns[1].is_required = true;
    s.tables = {days, part};

    EXPECT_EQ(before_data(plan_of(s))[2].sql,
              "create table \"shop\".\"days_1\" partition of \"shop\".\"days\" (\"a\" with options default null, "
              "\"b\" with options default 2 not null) FOR VALUES IN (1)");
}

TEST(ddl, an_identity_has_its_sequence_and_no_value_after_the_last) {
    schema s;
    table t = table_named("t");
    t.columns = {column_named("id", "bigint")};
    t.columns[0].counted = identity();
    t.columns[0].counted->sequence = object_name{"shop", "Numbers"};
    t.columns[0].counted->next = 9223372036854775807;
    t.columns[0].counted->is_spent = true;
    s.tables = {t};

    EXPECT_NE(before_data(plan_of(s))[1].sql.find("identity (sequence name \"shop\".\"Numbers\")"), std::string::npos);
    EXPECT_TRUE(after_all(plan_of(s))[0].sql.starts_with("select setval(s.seqrelid::regclass, case when false then "
                                                         "9223372036854775807 else 9223372036854775807 end, not false)"));
}

TEST(ddl, what_needs_a_table_comes_after_it_or_not_at_all) {
    schema s;
    s.tables = {table_named("a"), table_named("b")};
    s.prerequisites = {{"function", {"shop", "f(a)"}, "create f", "drop f", "", {{"shop", "a"}}},
                       {"function", {"shop", "g(lost)"}, "create g", "drop g", "", {{"shop", "lost"}}},
                       {"type", {"shop", "mood"}, "create mood", "drop mood", "", {}}};

    const auto made = before_data(plan_of(s));

    EXPECT_EQ(all_sql(made), "create schema if not exists \"shop\"\ncreate mood\n"
                             "create table \"shop\".\"a\" ()\ncreate table \"shop\".\"b\" ()\ncreate f\n");
    EXPECT_EQ(made[2].undo, "");
    EXPECT_EQ(made[3].undo, "drop table if exists \"shop\".\"a\", \"shop\".\"b\"");
}

TEST(ddl, additions_come_with_their_table_or_view) {
    schema s;
    s.tables = {table_named("a")};
    s.additions = {{"statistics s", {"shop", "a"}, "create statistics s"},
                   {"statistics t", {"shop", "lost"}, "create statistics t"}};
    EXPECT_EQ(all_sql(after_all(plan_of(s))), "create statistics s\n");
}

TEST(ddl, a_check_of_a_domain_comes_with_its_domain) {
    schema s;
    s.tables = {table_named("t")};
    s.prerequisites = {{"domain", {"shop", "d"}, "create domain d", "", "", {}},
                       {"domain", {"shop", "of_lost"}, "create domain of_lost", "", "", {{"shop", "lost"}}}};
    s.additions = {{"constraint c of domain shop.d", {"shop", "d"}, "alter domain d"},
                   {"constraint c of domain shop.of_lost", {"shop", "of_lost"}, "alter domain of_lost"}};
    auto plan = plan_of(s);

    ASSERT_EQ(after_all(plan).size(), 1u);
    EXPECT_EQ(after_all(plan)[0].what, "constraint c of domain shop.d");
    ASSERT_TRUE(leave_out(plan, {"constraint c of domain shop.d"}));
    EXPECT_TRUE(after_all(plan).empty());
}

TEST(ddl, defaults_and_generated_columns_can_be_left_out) {
    schema s;
    table t = table_named("t");
    t.columns = {column_named("a", "int"), column_named("b", "int")};
    t.columns[0].default_value = expression{"f()", "f()"};
    t.columns[1].generated = expression{"g(a)", "g(a)"};
    s.tables = {t};
    auto plan = plan_of(s);

    ASSERT_TRUE(leave_out(plan, {"default shop.t.a", "generated column shop.t.b"}));

    EXPECT_EQ(before_data(plan)[1].sql, "create table \"shop\".\"t\" (\n    \"a\" int,\n    \"b\" int\n)");
    EXPECT_EQ(plan.notes.size(), 2u);
}

TEST(ddl, an_expression_is_left_out_with_those_that_partitions_have_from_it) {
    schema s;
    table whole = table_named("whole");
    whole.columns = {column_named("a", "int"), column_named("b", "int")};
    whole.columns[0].default_value = expression{"f()", "f()"};
    whole.columns[1].generated = expression{"g(a)", "g(a)"};
    table part = whole;
    part.name = {"shop", "part"};
    part.parent = whole.name;
    table of_part = part;
    of_part.name = {"shop", "of_part"};
    of_part.parent = part.name;
    table other = part;
    other.name = {"shop", "other"};
    other.columns[0].default_value = expression{"1", "1"};
    s.tables = {whole, part, other, of_part};
    auto plan = plan_of(s);

    ASSERT_TRUE(leave_out(plan, {"default shop.whole.a", "generated column shop.whole.b"}));

    for (const table_plan& t : plan.tables) {
        EXPECT_FALSE(t.columns[1].is_generated) << t.target.name;
        EXPECT_EQ(t.columns[0].has_default, t.target.name == "other");
    }
    auto again = plan_of(s);
    EXPECT_EQ(leave_out(again, {"generated column shop.part.b"}).error().code(), make_error_code(failure::wrong_usage));
}

} // namespace
} // namespace migrate
