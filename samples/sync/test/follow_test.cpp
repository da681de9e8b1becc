// SPDX-License-Identifier: BSL-1.0
// The tables of a target are those of the source: copied once, then followed, whatever kind of change it is.
#include "sync_program.hpp"

#include <csignal>

namespace sync_test {
namespace {

class sync_follow : public program {
protected:
    /// The rows of a table, for comparison.
    static constexpr const char* items = "select coalesce(string_agg(i::text, ' ' order by i::text), '') from items i";
};

TEST_F(sync_follow, copies_what_is_there_and_applies_what_comes) {
    everywhere("create table items (id int primary key, name text, price numeric)");
    sql("insert into items select i, 'item ' || i, i / 2.0 from generate_series(1, 1000) i");
    auto running = start("run", {"east"}, {"--all-tables"});
    running.wait_for("east: following");
    EXPECT_EQ(east("select count(*) from items"), "1000");

    sql("insert into items values (1001, 'new', null); update items set price = 7 where id = 1;"
        "update items set id = 2000 where id = 2; delete from items where id = 3");
    wait_until("east", items, sql(items));

    running.send_signal(SIGTERM);
    const auto o = running.wait();
    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east("select transactions, changes, conflicts from pgcoro_sync.targets"), "4|4|0");
}

TEST_F(sync_follow, ends_by_itself_when_it_is_current_and_goes_on_later) {
    everywhere("create table items (id int primary key)");
    sql("insert into items values (1)");
    EXPECT_EQ(call("init", {"east", "west"}, {"--table", "public.items"}).exit_code, 0);
    sql("insert into items values (2)");

    const auto o = call("run", {"east", "west"}, {"--until-current"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(items), "(1) (2)");
    EXPECT_EQ(west(items), "(1) (2)");
    EXPECT_FALSE(o.err_has("copying")) << o.err;
}

TEST_F(sync_follow, applies_changes_of_every_kind) {
    everywhere(
        "create schema shop;"
        "create type shop.mood as enum ('sad', 'happy'); create domain shop.short as varchar(9) check (value <> '');"
        "create type shop.pair as (a int, b text);"
        "create table shop.\"Odd \"\"name\" (\"Id\" int generated always as identity primary key, m shop.mood, "
        "moods shop.mood[], s shop.short, p shop.pair, d numeric(8,3), j jsonb, t timestamptz, b bytea, "
        "double_id int generated always as (\"Id\" * 2) stored);"
        "create table pages (id int primary key, body text, visits int); alter table pages alter body set storage external;"
        "create table bag (a int, j json, m shop.mood, s shop.short); alter table bag replica identity full;"
        "create table pair (a int, b text, c int, primary key (a, b)); alter table pair replica identity full;"
        "create table \"all\" (id int primary key);"
        "create table parts (id int primary key, v text) partition by range (id);"
        "create table parts_1 partition of parts for values from (0) to (100);"
        "create table parts_2 partition of parts for values from (100) to (200)");
    auto running = start("run", {"east"}, {"--all-tables"});
    running.wait_for("east: following");

    sql("insert into shop.\"Odd \"\"name\" (m, moods, s, p, d, j, t, b) values "
        "('happy', '{sad,happy}', 'brief', '(7,seven)', 1.250, '{\"a\": [1, null]}', now(), '\\x00ff')");
    sql("insert into shop.\"Odd \"\"name\" default values; update shop.\"Odd \"\"name\" set m = 'sad' where \"Id\" = 2");
    sql("insert into pages values (1, repeat('x', 100000), 0); update pages set visits = 1");
    sql("insert into bag values (1, '{\"a\":1}', 'sad', null), (1, '{\"a\":1}', 'sad', null), (2, null, null, 'x');"
        "update bag set j = '{}' where ctid = (select min(ctid) from bag); delete from bag where a = 2");
    sql("insert into pair values (1, 'a', 1), (1, 'b', 2); update pair set b = 'c' where b = 'b'; delete from pair where b = 'a'");
    sql("insert into \"all\" values (1), (2); truncate \"all\", bag; insert into \"all\" values (3); insert into bag values (9)");
    sql("insert into parts values (1, 'one'), (101, 'more'); update parts set v = 'two'; update parts set id = 150 where id = 1");
    sql("begin; insert into \"all\" values (4); savepoint a; insert into \"all\" values (5); rollback to a; commit");
    wait_until("east", "select count(*) from \"all\"", "2");

    running.send_signal(SIGTERM);
    const auto o = running.wait();
    EXPECT_EQ(o.exit_code, 0) << o.err;
    for (const std::string table : {"shop.\"Odd \"\"name\"", "pages", "bag", "pair", "\"all\"", "parts"}) {
        const auto query = "select md5(string_agg(t::text, ',' order by t::text)) from " + table + " t";
        EXPECT_EQ(east(query), sql(query)) << table;
    }
}

} // namespace
} // namespace sync_test
