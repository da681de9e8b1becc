// SPDX-License-Identifier: BSL-1.0
// Somebody else has written to the target: what the policies make of it.
#include "sync_program.hpp"

namespace sync_test {
namespace {

class sync_conflicts : public program {
protected:
    sync_conflicts() {
        everywhere("create table items (id int primary key, v text)");
        sql("insert into items values (1, 'a'), (2, 'a'), (3, 'a')");
        static_cast<void>(call("init", {"east"}, {"--all-tables"}));
        // Four transactions that fit, and three that do not.
        sql("insert into items values (10, 'b')");
        east("insert into items values (11, 'theirs'); delete from items where id in (2, 3)");
        sql("insert into items values (11, 'ours')");
        sql("update items set v = 'c' where id = 2");
        sql("delete from items where id = 3");
        sql("insert into items values (12, 'b')");
    }
    static constexpr const char* items = "select string_agg(i::text, ' ' order by id) from items i";
    static constexpr const char* counts = "select transactions, changes, conflicts from pgcoro_sync.targets";
};

TEST_F(sync_conflicts, an_error_stops_at_the_transaction_that_has_one) {
    const auto o = call("run", {"east"}, {"--until-current"});
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("insert into public.items (id = 11): 23505")) << o.err;
    EXPECT_EQ(east(items), "(1,a) (10,b) (11,theirs)"); // all before it
    EXPECT_EQ(east(counts), "1|1|0");

    east("delete from items where id = 11");
    const auto second = call("run", {"east"}, {"--until-current"});
    EXPECT_TRUE(second.err_has("update of public.items (id = 2): the row is not there")) << second.err;
    east("insert into items values (2, 'a')");
    const auto third = call("run", {"east"}, {"--until-current"});
    EXPECT_TRUE(third.err_has("delete from public.items (id = 3): the row is not there")) << third.err;
}

TEST_F(sync_conflicts, are_skipped_and_counted) {
    const auto o = call("run", {"east"}, {"--until-current", "--conflicts", "skip"});
    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(items), "(1,a) (10,b) (11,theirs) (12,b)");
    EXPECT_EQ(east(counts), "5|5|3");
}

TEST_F(sync_conflicts, are_overwritten_and_counted) {
    const auto o = call("run", {"east"}, {"--until-current", "--conflicts", "overwrite"});
    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(items), sql(items));
    EXPECT_EQ(east(counts), "5|5|3");
}

TEST_F(sync_conflicts, are_overwritten_with_values_of_full_length) {
    everywhere("create table bag (code char(3), flags bit(8)); alter table bag replica identity full");
    sql("alter table items add column code char(3) default 'new', add column flags bit(8) default '10101010'");
    sql("insert into items values (13, 'b', 'abc', '11110000')");
    sql("insert into bag values ('abc', '11110000'), ('xyz', '00001111');"
        "update bag set flags = '00000001' where code = 'abc'; delete from bag where code = 'xyz'");

    const auto o = call("run", {"east"}, {"--until-current", "--conflicts", "overwrite", "--ddl", "follow"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(items), sql(items)); // those that were there have the default of the new columns
    EXPECT_EQ(east("select string_agg(b::text, ' ') from bag b"), "(abc,00000001)");
}

TEST_F(sync_conflicts, cannot_be_overwritten_with_a_value_that_was_not_sent) {
    everywhere("alter table items alter column v set storage external");
    sql("insert into items values (20, repeat('x', 100000))");
    EXPECT_EQ(call("run", {"east"}, {"--until-current", "--conflicts", "overwrite"}).exit_code, 0);
    sql("alter table items add column n int");
    east("alter table items add column n int; delete from items where id = 20");
    sql("update items set n = 1 where id = 20");
    const auto o = call("run", {"east"}, {"--until-current", "--conflicts", "overwrite"});
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("(id = 20): the row is not there")) << o.err;
}

TEST_F(sync_conflicts, a_truncation_that_would_empty_a_table_of_the_target_only_stops) {
    east("create table notes (item int references items); insert into notes values (1)");
    sql("truncate items cascade");

    const auto o = call("run", {"east"}, {"--until-current", "--conflicts", "overwrite"});

    EXPECT_EQ(o.exit_code, 3) << o.err;
    EXPECT_TRUE(o.err_has("Table \"notes\" references \"items\"")) << o.err;
    EXPECT_EQ(east("select count(*) from notes"), "1");
}

} // namespace
} // namespace sync_test
