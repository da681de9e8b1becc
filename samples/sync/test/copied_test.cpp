// SPDX-License-Identifier: BSL-1.0
// Many rows that are inserted go by COPY: the target has the same rows as by INSERT.
#include "sync_program.hpp"

#include <fstream>
#include <iterator>

namespace sync_test {
namespace {

class sync_copied : public program {
protected:
    static constexpr const char* items = "select count(*), md5(string_agg(i::text, ' ' order by id)) from items i";
    static constexpr const char* counts = "select changes, conflicts from pgcoro_sync.targets";

    static std::string log_of_target() {
        std::ifstream log(target->log_file());
        return {std::istreambuf_iterator<char>(log), {}};
    }
    void init() { EXPECT_EQ(call("init", {"east"}, {"--all-tables"}).exit_code, 0); }
    void run(const std::vector<std::string>& more = {}) {
        std::vector<std::string> all{"--until-current"};
        all.insert(all.end(), more.begin(), more.end());
        const auto o = call("run", {"east"}, all);
        EXPECT_EQ(o.exit_code, 0) << o.err;
    }
};

TEST_F(sync_copied, values_that_the_target_would_generate) {
    everywhere(
        "create table items (double int generated always as (n * 2) stored, id int generated always as identity primary key, "
        "n int, extra text)");
    east("alter table items add column note text default 'here'");
    init();
    sql("insert into items (n) select n from generate_series(1, 2000) n; "
        "alter sequence items_id_seq restart with 100000; insert into items (n) select n from generate_series(1, 300) n");

    run();

    const std::string same = "select count(*), sum(id), sum(n), sum(double) from items";
    EXPECT_EQ(east(same), sql(same));
    EXPECT_EQ(east("select count(*) from items where note = 'here'"), "2300");
}

TEST_F(sync_copied, rows_that_change_in_the_same_batch) {
    everywhere("create table items (id int primary key, v text, big text)");
    everywhere("alter table items alter column big set storage external");
    init();
    sql("do $$ begin for i in 1..400 loop"
        " insert into items select 10 * i + n, 'new', repeat('x', 3000) from generate_series(0, 9) n;"
        " update items set v = v || i where id % 10 = 3 and id >= 10 * i;" // without `big`
        " update items set v = 'all', big = 'small' where id = 10 * i + 4;"
        " delete from items where id = 10 * i + 5; insert into items values (10 * i + 5, 'again');"
        " update items set id = -id where id = 10 * i + 6;"
        " delete from items where id = 10 * i + 7; commit; end loop; end $$");

    run();

    EXPECT_EQ(east(items), sql(items));
    EXPECT_EQ(east(counts), "6400|0");
}

TEST_F(sync_copied, rows_of_many_tables_and_sizes) {
    everywhere("create table items (id int primary key, v text); create table others (id bigint primary key, v bytea)");
    init();
    sql("do $$ begin for i in 1..30 loop"
        " insert into items select 100 * i + n, repeat(n::text, i) from generate_series(1, 100) n;"
        " insert into others select 100 * i + n, null from generate_series(1, 60) n;"
        " insert into others select -i, convert_to(repeat('large', 200000), 'utf8');"
        " insert into items values (-i, null);"
        " commit; end loop; end $$");

    run();

    EXPECT_EQ(east(items), sql(items));
    const std::string same = "select count(*), sum(id), md5(string_agg(md5(v), ' ' order by id)) from others";
    EXPECT_EQ(east(same), sql(same));
    EXPECT_EQ(east(counts), "4860|0");
}

TEST_F(sync_copied, into_partitions) {
    sql("create table items (id int primary key, v text)");
    east("create table items (id int primary key, v text) partition by range (id);"
         "create table low partition of items for values from (0) to (1000);"
         "create table high partition of items for values from (1000) to (2000)");
    init();
    sql("insert into items select n * 37 % 2000, 'x' || n from generate_series(0, 1999) n");

    run();

    EXPECT_EQ(east(items), sql(items));
    EXPECT_EQ(east("select (select count(*) from low), (select count(*) from high)"), "1000|1000");
}

TEST_F(sync_copied, not_where_a_partition_has_a_trigger_that_acts) {
    sql("create table items (id int primary key, v text)");
    east("create table items (id int primary key, v text) partition by range (id);"
         "create table low partition of items for values from (0) to (1000);"
         "create table seen (what text);"
         "create function note() returns trigger language plpgsql as "
         "$$ begin insert into public.seen values ((select v from public.items where id = 0)); return new; end $$;"
         "create trigger each before update on low for each row execute function note();"
         "alter table low enable always trigger each");
    init();
    sql("insert into items select n, 'x' from generate_series(0, 99) n; update items set v = 'y' where id = 0; "
        "update items set v = 'z' where id = 0");

    run();

    EXPECT_EQ(east("select string_agg(what, ' ') from seen"), "x y"); // each update was made, and saw the one before
}

TEST_F(sync_copied, not_where_a_rule_acts) {
    everywhere("create table items (id int primary key, v text)");
    init();
    east("create table seen (id int); create rule each as on insert to items do also insert into public.seen values (new.id);"
         "alter table items enable always rule each");
    sql("insert into items select n, 'x' from generate_series(1, 500) n");

    run();

    EXPECT_EQ(east(items), sql(items));
    EXPECT_EQ(east("select count(*), sum(id) from seen"), "500|125250");
}

TEST_F(sync_copied, not_where_row_level_security_acts) {
    sql("create table items (id int primary key, v text)");
    east(
        "create role plain login password 'plain'; grant set on parameter session_replication_role to plain; grant create on database east to plain;"
        "create table items (id int primary key, v text); alter table items owner to plain; "
        "alter table items enable row level security, force row level security; create policy all_rows on items using (true)");
    const auto as_plain = [&](const std::string& command, std::vector<std::string> more) {
        auto all = arguments(command, {}, std::move(more));
        all.insert(all.end(), {"--target", "east=" + dsn_of("east") + " user=plain password=plain"});
        return call_with(all);
    };
    EXPECT_EQ(as_plain("init", {"--all-tables", "--no-copy"}).exit_code, 0);
    sql("insert into items select n, 'x' from generate_series(1, 500) n");

    const auto o = as_plain("run", {"--until-current"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(items), sql(items));
    EXPECT_EQ(log_of_target().find("COPY FROM not supported"), std::string::npos); // it was not even tried
    east("drop owned by plain; drop role plain");
}

/// A transaction of inserts that do not all fit is surrounded by others that do.
class sync_copied_conflicts : public sync_copied {
protected:
    sync_copied_conflicts() {
        everywhere("create table items (id int primary key, v text unique)");
        init();
        sql("insert into items select n, 'a' || n from generate_series(1, 1000) n");
        sql("insert into items select n, 'b' || n from generate_series(1001, 2000) n");
        sql("insert into items select n, 'c' || n from generate_series(2001, 3000) n");
        east("insert into items values (1500, 'theirs'), (1600, 'b1700')");
    }
    static constexpr const char* both = "select transactions, changes, conflicts from pgcoro_sync.targets";
};

TEST_F(sync_copied_conflicts, stop_before_their_transaction) {
    const auto o = call("run", {"east"}, {"--until-current"});
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("insert into public.items (id = 1500): 23505")) << o.err;
    EXPECT_EQ(east("select count(*), max(id) filter (where v like 'a%') from items"), "1002|1000");
    EXPECT_EQ(east(both), "1|1000|0");

    east("delete from items where id in (1500, 1600)");
    run();
    EXPECT_EQ(east(items), sql(items));
    EXPECT_EQ(east(both), "3|3000|0");
}

TEST_F(sync_copied_conflicts, are_skipped_and_counted) {
    run({"--conflicts", "skip"});
    EXPECT_EQ(east(both), "3|3000|3");
    EXPECT_EQ(east("select count(*) from items"), "2999"); // 1700 is not there
    EXPECT_EQ(east("select string_agg(v, ' ' order by id) from items where id in (1500, 1600, 1700)"), "theirs b1700");
}

TEST_F(sync_copied, a_value_that_does_not_fit_is_found) {
    everywhere("create table items (id int primary key, v text)");
    init();
    east("alter table items add check (v <> 'x333')");
    sql("insert into items select n, 'x' || n from generate_series(1, 500) n");

    const auto o = call("run", {"east"}, {"--until-current"});

    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("insert into public.items (id = 333): 23514")) << o.err;
    EXPECT_EQ(east("select count(*) from items"), "0");
    EXPECT_EQ(east(counts), "0|0");
    EXPECT_NE(log_of_target().find("COPY items, line 333"), std::string::npos); // it was tried
}

} // namespace
} // namespace sync_test
