// SPDX-License-Identifier: BSL-1.0
// What is in the table after a run, and after a second one.
#include "program.hpp"

namespace etl_test {
namespace {

class etl_merge : public program {
protected:
    etl_merge() {
        sql("insert into customers values (1, 'Old', null, 1), (9, 'Other', null, 9)");
        write("customers.csv", "id,name,born,credit\n1,Ann,2000-01-31,10.50\n2,\"Bob\n\"\"B\"\"\",,\n");
    }
    std::string table() const { return sql("select id, replace(name, E'\\n', '/'), born, credit from customers order by id"); }

    /// Runs twice: the table is the same after both.
    std::string run_twice(const std::string& mode) {
        write("p.toml", customers_pipeline(mode));
        const auto first = run("p.toml");
        EXPECT_EQ(first.exit_code, 0) << first.err;
        const auto after_first = table();
        const auto second = run("p.toml");
        EXPECT_EQ(second.exit_code, 0) << second.err;
        EXPECT_EQ(table(), after_first);
        EXPECT_EQ(first.out.substr(first.out.find("source SHA256")), second.out.substr(second.out.find("source SHA256")));
        return after_first;
    }
};

TEST_F(etl_merge, insert_keeps_the_rows_that_are_there) {
    EXPECT_EQ(run_twice("insert"), "1|Old||1.00\n2|Bob/\"B\"||\n9|Other||9.00\n");
}

TEST_F(etl_merge, upsert_updates_the_rows_that_are_there) {
    EXPECT_EQ(run_twice("upsert"), "1|Ann|2000-01-31|10.50\n2|Bob/\"B\"||\n9|Other||9.00\n");
}

TEST_F(etl_merge, replace_leaves_nothing_else) { EXPECT_EQ(run_twice("replace"), "1|Ann|2000-01-31|10.50\n2|Bob/\"B\"||\n"); }

TEST_F(etl_merge, of_two_rows_with_one_key_upsert_takes_the_last_and_insert_the_first) {
    write("customers.csv", "id,name\n3,first\n03,second\n3,third\n");
    write("p.toml", customers_pipeline("insert"));
    const auto inserted = run("p.toml");
    const auto first = sql("select name from customers where id = 3");
    write("p.toml", customers_pipeline("upsert"));
    const auto upserted = run("p.toml");

    EXPECT_EQ(inserted.exit_code, 0) << inserted.err;
    EXPECT_EQ(first, "first\n");
    EXPECT_EQ(upserted.exit_code, 0) << upserted.err;
    EXPECT_EQ(sql("select name from customers where id = 3"), "third\n");
}

TEST_F(etl_merge, keys_that_become_equal_at_the_target_are_one_key) {
    sql("alter table customers alter id type numeric(10, 2)");
    write("customers.csv", "id,name\n3.001,first\n4,other\n3.002,last\n");
    write("p.toml", customers_pipeline("upsert"));

    const auto o = run("p.toml");

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(sql("select id, name from customers where id < 9 and id > 1 order by id"), "3.00|last\n4.00|other\n");
}

TEST_F(etl_merge, nothing_is_left_but_the_table_of_jobs) {
    write("p.toml", customers_pipeline("upsert"));
    ASSERT_EQ(run("p.toml").exit_code, 0);

    EXPECT_EQ(sql("select relname from pg_class where relnamespace = 'pgcoro_etl'::regnamespace and relkind = 'r'"), "jobs\n");
    EXPECT_EQ(sql("select count(*) from pgcoro_etl.jobs"), "0\n");
}

TEST_F(etl_merge, a_dry_run_changes_nothing) {
    write("p.toml", customers_pipeline("replace"));
    const auto before = table();

    const auto o = run("p.toml", {"--dry-run"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_TRUE(o.out_has("written        2\n")) << o.out;
    EXPECT_EQ(table(), before);
    EXPECT_EQ(sql("select count(*) from pgcoro_etl.jobs"), "0\n");
}

} // namespace
} // namespace etl_test
