// SPDX-License-Identifier: BSL-1.0
// What cannot be had from MariaDB is listed.
#include "migrated.hpp"

namespace migrate::test {
namespace {

class mariadb_notes : public mariadb_test {};

TEST_F(mariadb_notes, tell_which_indexes_are_left_out) {
    source_sql(R"(create table t (id int primary key, x text, g point not null, key part (x(10)), fulltext words (x),
                                  spatial places (g), unique key one (x(5)));
)");

    const auto m = plan_all();

    EXPECT_EQ(notes_of(*m, "table shop.t, index part"), "left out: it has only the first 10 characters of x");
    EXPECT_EQ(notes_of(*m, "table shop.t, index one"), "left out: it has only the first 5 characters of x");
    EXPECT_EQ(notes_of(*m, "table shop.t, index words"), "left out: it is a FULLTEXT index");
    EXPECT_TRUE(m->from.tables.at(0).indexes.empty());
    EXPECT_TRUE(m->from.tables.at(0).uniques.empty());
}

TEST_F(mariadb_notes, tell_which_columns_have_no_type) {
    source_sql("create table t (id int primary key, g polygon);\n");

    const auto m = plan_all();

    ASSERT_EQ(m->plan.obstacles.size(), 1U);
    EXPECT_EQ(m->plan.obstacles[0].text, "there is no type for polygon: bytea would hold its well-known binary (WKB)");
}

TEST_F(mariadb_notes, tell_what_is_different_about_a_table) {
    source_sql(R"(create table my (id int primary key, hidden int invisible default 1) engine=myisam;
create table history (id int primary key) with system versioning;
create table parts (id int primary key) partition by hash (id) partitions 2;
)");

    const auto m = plan_all();

    EXPECT_EQ(notes_of(*m, "table shop.my"), "its engine, MyISAM, has no transactions: its rows are not from the snapshot");
    EXPECT_EQ(notes_of(*m, "table shop.my, column hidden"), "was invisible, and is an ordinary column at the target");
    EXPECT_EQ(notes_of(*m, "table shop.history"), "only the current rows are migrated, without their history");
    EXPECT_EQ(notes_of(*m, "table shop.parts"), "its partitions become one table");
}

TEST_F(mariadb_notes, tell_where_keys_ignored_case) {
    source_sql(R"(create table t (id varchar(10) primary key, b varchar(10) collate utf8mb4_bin unique, x varchar(10))
  character set utf8mb4 collate utf8mb4_general_ci;
)");

    const auto m = plan_all();

    EXPECT_EQ(
        notes_of(*m, "table shop.t, column id"),
        "keys and foreign keys compare it exactly at the target: the collation utf8mb4_general_ci ignores case or accents");
    EXPECT_EQ(notes_of(*m, "table shop.t, column b"), "");
    EXPECT_EQ(notes_of(*m, "table shop.t, column x"), "");
    EXPECT_EQ(notes_of(*m, "database shop"),
              "text is compared and sorted exactly at the target, also where a collation ignores case or accents");
}

TEST_F(mariadb_notes, tell_which_other_objects_are_left_out) {
    source_sql(R"(create table t (id int primary key);
create view v as select id from t;
create trigger tr before insert on t for each row set new.id = 1;
create procedure p() select 1;
create event e on schedule every 1 day do select 1;
)");

    const auto m = plan_all();

    EXPECT_EQ(notes_of(*m, "view shop.v"), "left out: select `shop`.`t`.`id` AS `id` from `shop`.`t`");
    EXPECT_EQ(notes_of(*m, "trigger shop.tr"), "left out");
    EXPECT_EQ(notes_of(*m, "procedure shop.p"), "left out");
    EXPECT_EQ(notes_of(*m, "event shop.e"), "left out");
}

TEST_F(mariadb_notes, tell_that_current_rows_of_a_table_with_history_arrive) {
    source_sql(R"(create table t (id int primary key, x int) with system versioning;
insert into t values (1, 1), (2, 2);
update t set x = 5 where id = 1;
delete from t where id = 2;
)");

    migrate_all();

    EXPECT_EQ(target_sql("select * from shop.t"), "1|5");
}

} // namespace
} // namespace migrate::test
