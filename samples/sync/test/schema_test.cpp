// SPDX-License-Identifier: BSL-1.0
// Definitions that differ are found before the start, and in the stream.
#include "sync_program.hpp"

#include <csignal>

namespace sync_test {
namespace {

class sync_schema : public program {
protected:
    static constexpr const char* items = "select string_agg(i::text, ' ' order by id) from items i";
};

TEST_F(sync_schema, all_differences_are_told_before_anything_is_begun) {
    sql("create table items (id int primary key, price numeric(8,2), size int); create table orders (id int primary key);"
        "insert into items values (1)");
    east("create table items (id bigint primary key, price numeric(8,1), extra int not null)");

    const auto o = call("run", {"east"}, {"--all-tables"});

    EXPECT_EQ(o.exit_code, 3);
    for (const std::string text :
         {"column \"id\" is of type integer in the source, and of type bigint", "add column \"size\" integer",
          "column \"price\" is of type numeric(8,2) in the source, and of type numeric(8,1)",
          "column \"extra\" of the target is NOT NULL", "public.orders: there is no such table"}) {
        EXPECT_TRUE(o.err_has(text)) << text << "\n" << o.err;
    }
    EXPECT_EQ(east("select count(*) from items"), "0");
    EXPECT_EQ(sql("select count(*) from pg_replication_slots"), "0");
}

TEST_F(sync_schema, rows_that_are_there_already_are_not_lost) {
    everywhere("create table items (id int primary key)");
    sql("insert into items values (1)");
    east("insert into items values (7)");

    auto o = call("init", {"east"}, {"--all-tables"});
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("has rows already")) << o.err;
    EXPECT_EQ(east(items), "(7)");

    EXPECT_EQ(call("init", {"east"}, {"--truncate"}).exit_code, 0);
    EXPECT_EQ(east(items), "(1)");
    west("insert into items values (1)");
    o = call("init", {"west"}, {"--no-copy"});
    EXPECT_EQ(o.exit_code, 0) << o.err;
    sql("insert into items values (2)");
    EXPECT_EQ(call("run", {"east", "west"}, {"--until-current"}).exit_code, 0);
    EXPECT_EQ(east(items), "(1) (2)");
    EXPECT_EQ(west(items), "(1) (2)");
}

TEST_F(sync_schema, a_new_column_stops_a_target_until_it_has_the_column) {
    everywhere("create table items (id int primary key)");
    EXPECT_EQ(call("init", {"east"}, {"--all-tables"}).exit_code, 0);
    sql("insert into items values (1)");
    sql("alter table items add column size int; insert into items values (2, 3)");

    auto o = call("run", {"east"}, {"--until-current"});
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("alter table \"public\".\"items\" add column \"size\" integer")) << o.err;
    EXPECT_TRUE(call("status", {"east"}).out_has("stopped"));

    east("alter table items add column size int");
    o = call("run", {"east"}, {"--until-current"});
    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(items), "(1,) (2,3)");
}

TEST_F(sync_schema, a_type_that_becomes_more_precise_stops_a_target_that_would_round) {
    everywhere("create table items (id int primary key, price numeric(8,2))");
    west("alter table items alter column price type numeric");
    EXPECT_EQ(call("init", {"east", "west"}, {"--all-tables"}).exit_code, 0);
    sql("alter table items alter column price type numeric(10,4); insert into items values (1, 1.0001)");

    auto o = call("run", {"east", "west"}, {"--until-current"});
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("alter column \"price\" type numeric(10,4)")) << o.err;
    EXPECT_EQ(east("select count(*) from items"), "0");
    EXPECT_EQ(west(items), "(1,1.0001)");

    east("alter table items alter column price type numeric(10,4)");
    o = call("run", {"east"}, {"--until-current"});
    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(items), "(1,1.0001)");
}

TEST_F(sync_schema, a_new_column_is_added_with_the_values_of_old_rows) {
    everywhere("create table items (id int primary key)");
    sql("insert into items values (1)");
    auto running = start("run", {"east"}, {"--all-tables", "--ddl", "follow"});
    running.wait_for("east: following");
    sql("alter table items add column size varchar(7) default 'large', add column n int;"
        "alter table items alter column size set default 'small'; insert into items (id) values (2)");
    wait_until("east", items, sql(items));
    EXPECT_EQ(east(items), "(1,large,) (2,small,)");
    EXPECT_TRUE(running.err().find("add column \"size\" character varying(7)") != std::string::npos) << running.err();

    sql("alter table items drop column n; insert into items values (3, 'x')");
    wait_until("east", "select count(*) from items", "3");
    sql("alter table items add column at timestamptz default clock_timestamp(); insert into items values (4, 'x')");
    const auto o = running.wait();
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("computed for each row")) << o.err;
}

TEST_F(sync_schema, what_the_source_lacks_is_told) {
    everywhere("create table items (id int)");
    auto o = call("run", {"east"}, {});
    EXPECT_EQ(o.exit_code, 1);
    EXPECT_TRUE(o.err_has("no publication \"sync\"")) << o.err;
    o = call("run", {"east"}, {"--table", "public.nothing"});
    EXPECT_TRUE(o.err_has("no table public.nothing")) << o.err;
    o = call("run", {"east"}, {"--table", "public.items"});
    EXPECT_EQ(o.exit_code, 1);
    EXPECT_TRUE(o.err_has("no primary key")) << o.err;
    o = call_with({"run", "--source", target->dsn(), "--target", "east=" + dsn_of("east"), "--all-tables"});
    EXPECT_EQ(o.exit_code, 1);
    EXPECT_TRUE(o.err_has("wal_level = replica")) << o.err;
}

} // namespace
} // namespace sync_test
