// SPDX-License-Identifier: BSL-1.0
// The program, with MariaDB as its source.
#include "common/testing/child.hpp"
#include "migrated.hpp"

namespace migrate::test {
namespace {

using common::testing::outcome;

class mariadb_program : public mariadb_test {
protected:
    /// A new database at the target, too.
    mariadb_program() {
        static int number = 0;
        database_ = "program" + std::to_string(++number);
        target_sql("create database " + database_);
    }

    outcome call(const std::string& command, const std::string& from, std::vector<std::string> options = {}) const {
        return folder_.call(PGCORO_MIGRATE, arguments(command, from, std::move(options)));
    }
    std::vector<std::string> arguments(const std::string& command, const std::string& from,
                                       std::vector<std::string> options = {}) const {
        std::vector<std::string> all{command, from};
        if (command != "plan") {
            all.insert(all.end(), {"--target", target->dsn() + " dbname=" + database_});
        }
        all.insert(all.end(), options.begin(), options.end());
        return all;
    }
    std::string at_target(const std::string& sql) const { return target_sql(sql, database_); }

    common::testing::folder folder_;
    std::string database_;
};

TEST_F(mariadb_program, migrates_and_compares_a_database) {
    source_sql(R"(create table p (id int unsigned auto_increment primary key, name varchar(20) unique, at timestamp);
create table t (id int primary key, pid int unsigned, price decimal(10,2), f float, state enum('a','b'),
                constraint of_p foreign key (pid) references p (id));
insert into p (name) values ('x'), ('y');
insert into t select seq, 1 + seq % 2, seq / 100, seq / 3, if(seq % 2, 'a', 'b') from seq_1_to_1000;
)");

    const outcome o = call("run", url(), {"--json"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(at_target("select count(*), sum(price) from shop.t join shop.p on p.id = t.pid"), "1000|5005.00");
    EXPECT_EQ(call("validate", url()).exit_code, 0);
}

TEST_F(mariadb_program, puts_tables_into_another_schema_and_leaves_sequences) {
    source_sql("create sequence numbers;\ncreate table t (id int primary key default nextval(numbers), x int);\n"
               "insert into t (x) values (7);\n");

    const outcome o = call("run", url(), {"--schema", "other"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(at_target("insert into other.t (x) values (8) returning id > 1"), "t");
}

TEST_F(mariadb_program, continues_after_the_rows_that_were_inserted_before_the_snapshot) {
    source_sql("create sequence numbers nocache;\ncreate table t (id int auto_increment primary key, x int);\n"
               "create table u (id int primary key default nextval(numbers), x int);\n"
               "insert into t (x) values (1);\ninsert into u (x) values (1);\n");
    at_target("begin; select pg_advisory_xact_lock(hashtextextended('pgcoro-migrate', 0)); prepare transaction 'other'");
    const pid_t child = folder_.start(PGCORO_MIGRATE, arguments("run", url()));
    while (at_target("select count(*) from pg_locks where locktype = 'advisory' and not granted") != "1") {
        ASSERT_TRUE(folder_.is_running(child)) << folder_.wait(child).err;
    }
    source_sql("insert into t (x) values (2), (3);\ninsert into u (x) values (2), (3);\n"); // the schema has been read
    at_target("rollback prepared 'other'");

    const outcome o = folder_.wait(child);

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(at_target("insert into shop.t (x) values (4) returning id, (select count(*) from shop.t)"), "4|3");
    EXPECT_EQ(at_target("insert into shop.u (x) values (4) returning id, (select count(*) from shop.u)"), "4|3");
}

TEST_F(mariadb_program, finds_differences) {
    source_sql("create table t (id int primary key, x varchar(5));\ninsert into t values (1, 'a'), (2, 'b');\n");
    ASSERT_EQ(call("run", url()).exit_code, 0);
    at_target("update shop.t set x = 'c' where id = 2");

    EXPECT_EQ(call("validate", url()).exit_code, 3);
}

TEST_F(mariadb_program, continues_if_nothing_was_written_meanwhile) {
    source_sql(R"(create table a (id int primary key);
create table b (id int primary key, x text);
insert into a values (1);
insert into b values (1, 'a\0b');
)");
    const outcome failed = call("run", url(), {"--jobs", "1"});
    ASSERT_EQ(failed.exit_code, 1);
    EXPECT_TRUE(failed.err_has("table shop.b: column x, id = 1")) << failed.err;

    const outcome continued = call("run", url("&invalid-text=replace"));

    EXPECT_EQ(continued.exit_code, 0) << continued.err;
    EXPECT_EQ(at_target("select (select count(*) from shop.a), (select count(*) from shop.b)"), "1|1");
}

TEST_F(mariadb_program, refuses_to_continue_after_the_source_has_changed) {
    source_sql(R"(create table a (id int primary key);
create table b (id int primary key, x text);
insert into b values (1, 'a\0b');
)");
    ASSERT_EQ(call("run", url(), {"--jobs", "1"}).exit_code, 1);
    ASSERT_EQ(at_target("select to_regclass('shop.a') is not null"), "t");
    source_sql("update b set x = 'b';\n");

    EXPECT_EQ(call("run", url()).exit_code, 4);
    EXPECT_EQ(call("run", url(), {"--restart"}).exit_code, 0);
}

TEST_F(mariadb_program, shows_no_password) {
    source_sql("create or replace user 'reader'@'localhost' identified by 'secret';\n"
               "grant select on shop.* to 'reader'@'localhost';\ncreate table t (id int primary key);\n");
    const std::string wrong = "mariadb://reader:secretly@/shop?socket=" + source->socket().string();
    const std::string right = "mariadb://reader:secret@/shop?socket=" + source->socket().string();

    for (const std::string& from : {wrong, right, right + "&unknown=1"}) {
        for (const std::string command : {"plan", "run"}) {
            const outcome o = call(command, from);
            EXPECT_FALSE(o.err_has("secret") || o.out_has("secret")) << o.err << o.out;
        }
    }
}

TEST_F(mariadb_program, refuses_to_run_while_something_must_be_decided) {
    source_sql("create table t (id int primary key, g point);\ninsert into t values (1, point(1, 2));\n");

    const outcome refused = call("run", url());

    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_TRUE(refused.err_has("there is no type for point")) << refused.err << refused.out;
    EXPECT_EQ(call("run", url(), {"--map", "t.g=bytea"}).exit_code, 0);
}

} // namespace
} // namespace migrate::test
