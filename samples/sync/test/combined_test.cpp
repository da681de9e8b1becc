// SPDX-License-Identifier: BSL-1.0
// Changes that are sent together lead to the same rows as one after the other.
#include "sync_program.hpp"

namespace sync_test {
namespace {

class sync_combined : public program {
protected:
    void follow(const std::string& changes) {
        EXPECT_EQ(call("init", {"east"}, {"--all-tables"}).exit_code, 0);
        sql(changes);
        const auto o = call("run", {"east"}, {"--until-current"});
        EXPECT_EQ(o.exit_code, 0) << o.err;
    }
};

TEST_F(sync_combined, values_of_all_types_and_nulls) {
    everywhere(
        "create table wide (id int8 primary key, a int2, b int4, c text, d varchar(20), e char(5), f numeric, g numeric(9,2), "
        "h float4, i float8, j bool, k bytea, l date, m time, n timetz, o timestamp, p timestamptz, q interval, r uuid, "
        "s json, t jsonb, u inet, v cidr, w macaddr, x bit(3), y varbit, z money)");
    const std::string values =
        "n, n, n, 'text ' || n, 'short', 'x' || n % 9, n / 7.0, n, n / 3.0, n / 3.0, n % 2 = 0, decode(lpad(to_hex(n), 8, '0'), 'hex'), "
        "date '2000-01-01' + n, time '00:00' + n * interval '1 s', timetz '01:02:03+04', timestamp '2001-02-03' + n * interval '1 us', "
        "timestamptz '2001-02-03' + n * interval '1 h', n * interval '1 month 1 s', gen_random_uuid(), json_build_object('n', n), "
        "jsonb_build_object('n', array[n, null]), '10.0.0.1/8'::inet + n, '10.0.0.0/8', '08:00:2b:01:02:03', b'101', b'1', n::money";

    follow("insert into wide select " + values +
           " from generate_series(1, 3000) n; insert into wide (id) select -n from "
           "generate_series(1, 3000) n; update wide set c = null, f = 'nan', i = 'infinity', p = '-infinity' where id % 3 = 0;"
           "update wide set (a, c) = (7, 'again') where id % 6 = 0; delete from wide where id % 5 = 0");

    const std::string sum = "select count(*), md5(string_agg(w::text, ' ' order by id)) from wide w";
    EXPECT_EQ(east(sum), sql(sum));
    EXPECT_EQ(east("select changes, conflicts from pgcoro_sync.targets"), "10200|0");
}

TEST_F(sync_combined, a_unique_value_that_goes_from_row_to_row) {
    everywhere(
        "create table places (id int primary key, place int unique); insert into places select n, n from generate_series(1, 10) n");
    EXPECT_EQ(call("init", {"east"}, {"--all-tables", "--no-copy"}).exit_code, 0);
    sql("update places set place = 100 where id = 1; update places set place = 1 where id = 2;"
        "update places set place = 2 where id = 1"); // together, the last one comes too early

    const auto o = call("run", {"east"}, {"--until-current"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east("select string_agg(place::text, ' ' order by id) from places"), "2 1 3 4 5 6 7 8 9 10");
    EXPECT_EQ(east("select changes, conflicts from pgcoro_sync.targets"), "3|0");
    EXPECT_FALSE(o.err_has("unique")) << o.err; // nothing to worry about
}

/// One transaction of the source, so that all of it is sent together, with three rows in the middle that do not fit.
class sync_combined_conflicts : public sync_combined {
protected:
    sync_combined_conflicts() {
        everywhere("create table items (id int primary key, v text); "
                   "insert into items select n, 'old' from generate_series(1, 100) n");
        EXPECT_EQ(call("init", {"east"}, {"--all-tables", "--no-copy"}).exit_code, 0);
        east("insert into items values (150, 'theirs'); delete from items where id in (25, 95)");
        sql("begin; insert into items select n, 'new' from generate_series(101, 200) n; "
            "update items set v = 'changed' where id <= 50; delete from items where id between 91 and 100; commit");
        sql("insert into items values (201, 'last')");
    }
    outcome run(const std::string& policy) { return call("run", {"east"}, {"--until-current", "--conflicts", policy}); }

    static constexpr const char* counts = "select transactions, changes, conflicts from pgcoro_sync.targets";
    static constexpr const char* items = "select string_agg(i::text, ' ' order by id) from items i";
};

TEST_F(sync_combined_conflicts, are_skipped_and_counted) {
    const auto o = run("skip");
    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(counts), "2|161|3");
    sql("update items set v = 'theirs' where id = 150; delete from items where id = 25"); // all other rows are the same
    EXPECT_EQ(east(items), sql(items));
}

TEST_F(sync_combined_conflicts, are_overwritten_and_counted) {
    const auto o = run("overwrite");
    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(counts), "2|161|3");
    EXPECT_EQ(east(items), sql(items));
}

TEST_F(sync_combined_conflicts, stop_before_their_transaction) {
    const std::string before = east(items);
    const auto o = run("error");
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("insert into public.items (id = 150): 23505")) << o.err;
    EXPECT_EQ(east(items), before);
    EXPECT_EQ(east(counts), "0|0|0");
}

TEST_F(sync_combined, rows_that_are_missing_among_many_are_noticed) {
    everywhere(
        "create table items (id int primary key, v text); insert into items select n, 'old' from generate_series(1, 100) n");
    EXPECT_EQ(call("init", {"east"}, {"--all-tables", "--no-copy"}).exit_code, 0);
    east("delete from items where id in (25, 75)"); // no statement fails: they only change fewer rows
    sql("begin; update items set v = 'new' where id <= 50; delete from items where id between 71 and 80; commit");

    const auto o = call("run", {"east"}, {"--until-current", "--conflicts", "skip"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east("select changes, conflicts from pgcoro_sync.targets"), "60|2");
    EXPECT_EQ(east("select count(*), count(*) filter (where v = 'new') from items"), "89|49");
}

TEST_F(sync_combined, not_where_a_trigger_sees_each_statement) {
    everywhere("create table items (id int primary key, v int)");
    EXPECT_EQ(call("init", {"east"}, {"--all-tables"}).exit_code, 0);
    east("create table seen (what text);"
         "create function note() returns trigger language plpgsql as "
         "$$ begin insert into public.seen values (tg_op); return null; end $$;"
         "create trigger each after insert or update on items for each statement execute function note();"
         "alter table items enable always trigger each");
    sql("insert into items select n, 0 from generate_series(1, 5) n; update items set v = 1 where id < 3");

    const auto o = call("run", {"east"}, {"--until-current"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east("select string_agg(what, ' ') from seen"), "INSERT INSERT INSERT INSERT INSERT UPDATE UPDATE");
}

} // namespace
} // namespace sync_test
