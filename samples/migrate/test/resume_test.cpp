// SPDX-License-Identifier: BSL-1.0
// Runs that are killed, and what the next one does.
#include "program.hpp"

#include <signal.h>

namespace migrate_test {
namespace {

/// The rows of `gated` pass a function that waits at the target as long as a prepared transaction has a lock.
constexpr const char* schema = R"(
create function gate(n int) returns bool language sql as 'select pg_advisory_xact_lock_shared(42) is not null';
create domain gated_number as int check (gate(value));
create table plain (id int primary key, name text);
insert into plain select n, 'name ' || n from generate_series(1, 1000) n;
create table gated (id gated_number, other int references plain);
create index on gated (other);
insert into gated select n, n from generate_series(1, 500) n;
)";

class resume : public program {
protected:
    void SetUp() override { at_source(schema); }

    /// Starts a run, and waits until it has copied one of the tables and some rows of the other.
    pid_t run_into_gate() {
        at_target("begin; select pg_advisory_xact_lock(42); prepare transaction 'gate'");
        const auto words = arguments("run", source_dsn(), {"--jobs", "2"});
        const pid_t child = folder.start(PGCORO_MIGRATE, words);
        const std::string reached =
            "select (select count(*) from pg_locks where locktype = 'advisory' and objid = 42 and not granted)"
            " = 1 and to_regclass('pgcoro_migrate.steps') is not null";
        while (at_target(reached) != "t\n" && is_alive(folder, child)) {
        }
        while (at_target("select count(*) from pgcoro_migrate.steps where step = 'analyze public.plain'") != "1\n" &&
               is_alive(folder, child)) {
        }
        return child;
    }

    /// False, with a failure, if a program that should wait has ended.
    static bool is_alive(const common::testing::folder& where, pid_t child) {
        const bool alive = common::testing::folder::is_running(child);
        EXPECT_TRUE(alive) << where.read("err");
        return alive;
    }

    /// Kills a run at that point.
    void run_and_kill() {
        const pid_t child = run_into_gate();
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        EXPECT_EQ(folder.wait(child).exit_code, -1);
        at_target("rollback prepared 'gate'");
    }

    std::string counts() const { return at_target("select (select count(*) from plain), (select count(*) from gated)"); }
};

TEST_F(resume, continues_a_run_that_was_killed) {
    run_and_kill();
    EXPECT_EQ(counts(), "1000|0\n");

    const auto o = run({"--json"});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(counts(), "1000|500\n");
    const auto summary = o.event("summary");
    EXPECT_EQ(summary.at("rows"), 500); // the others were there
    EXPECT_TRUE(summary.at("equal").as_bool());
    EXPECT_EQ(summary.at("tables").as_array().size(), 2u);
    EXPECT_EQ(
        at_target(
            "select conname from pg_constraint where connamespace = 'public'::regnamespace and contype in ('p', 'f') order by 1"),
        "gated_other_fkey\nplain_pkey\n");
}

TEST_F(resume, refuses_to_mix_rows_of_two_snapshots) {
    run_and_kill();
    at_source("update plain set name = 'changed' where id = 7");

    const auto o = run();

    EXPECT_EQ(o.exit_code, 4);
    EXPECT_TRUE(o.err_has("--restart copies all tables again")) << o.err;
    EXPECT_EQ(counts(), "1000|0\n");
}

TEST_F(resume, copies_all_again_after_a_restart) {
    run_and_kill();
    at_source("update plain set name = 'changed' where id = 7");

    const auto o = run({"--restart", "--json"});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(o.event("summary").at("rows"), 1500);
    EXPECT_EQ(at_target("select name from plain where id = 7"), "changed\n");
}

TEST_F(resume, keeps_what_was_copied_if_told_so_and_shows_what_is_different) {
    run_and_kill();
    at_source("update plain set name = 'changed' where id = 7");

    const auto o = run({"--allow-mixed-snapshots"});

    EXPECT_EQ(o.exit_code, 3) << o.out << o.err;
    EXPECT_TRUE(o.out_has("column name, checksum: source")) << o.out;
    EXPECT_EQ(counts(), "1000|500\n");
}

TEST_F(resume, refuses_another_plan) {
    run_and_kill();
    at_source("alter table gated add column more text");

    const auto o = run();

    EXPECT_EQ(o.exit_code, 4);
    EXPECT_TRUE(o.err_has("had another plan")) << o.err;
}

TEST_F(resume, a_truncate_at_the_source_waits_until_the_rows_are_copied) {
    const pid_t child = run_into_gate();
    const common::testing::folder other;
    const pid_t truncating = other.start("/usr/bin/psql", {"--dbname", source_dsn(), "-c", "truncate plain, gated"});
    while (at_source("select count(*) from pg_locks where mode = 'AccessExclusiveLock' and not granted") != "1\n" &&
           is_alive(other, truncating)) {
    }
    at_target("rollback prepared 'gate'");

    const auto o = folder.wait(child);
    const auto truncated = other.wait(truncating);

    EXPECT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(counts(), "1000|500\n");
    EXPECT_EQ(truncated.exit_code, 0) << truncated.err;
    EXPECT_EQ(at_source("select (select count(*) from plain), (select count(*) from gated)"), "0|0\n");
}

} // namespace
} // namespace migrate_test
