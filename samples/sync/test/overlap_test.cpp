// SPDX-License-Identifier: BSL-1.0
// While the target works on some changes, the next ones are read: whatever becomes of the first, none is lost or doubled.
#include "sync_program.hpp"

#include <libpq-fe.h>

#include <csignal>
#include <memory>

namespace sync_test {
namespace {

class sync_overlap : public program {
protected:
    sync_overlap() {
        everywhere("create table items (id int primary key, v text)");
        EXPECT_EQ(call("init", {"east"}, {"--all-tables"}).exit_code, 0);
    }

    /// The target cannot write before `unlock`.
    void lock() {
        blocker_.reset(::PQconnectdb(dsn_of("east").c_str()));
        const char* const statement = "begin; lock table items in share mode";
        const std::unique_ptr<PGresult, decltype(&::PQclear)> answer(::PQexec(blocker_.get(), statement), &::PQclear);
        ASSERT_EQ(::PQresultStatus(answer.get()), PGRES_COMMAND_OK);
    }
    void unlock() { blocker_.reset(); }
    void wait_until_blocked() const { wait_until("east", "select count(*) from pg_stat_activity where " + waits, "1"); }

    /// More than is read while the target is blocked, in transactions of several sizes.
    static void write() {
        sql("do $$ begin for i in 0..5 loop"
            " insert into items select 10000 * i + n, 'new' from generate_series(1, 4000) n; commit;"
            " update items set v = 'changed' where id % 40 = 1; commit;"
            " delete from items where id = 10000 * i + 2; insert into items values (10000 * i + 2, 'again'); commit;"
            " end loop; end $$");
    }
    static constexpr const char* items = "select count(*), md5(string_agg(i::text, ' ' order by id)) from items i";
    static constexpr const char* counts = "select transactions, changes, conflicts from pgcoro_sync.targets";
    static constexpr const char* all =
        "18|26112|0"; // 6 * 4002, and updates of 1 + 2 + ... + 6 times 100 rows, less the doubles

    void finish() {
        const auto o = call("run", {"east"}, {"--until-current"});
        EXPECT_EQ(o.exit_code, 0) << o.err;
        EXPECT_EQ(east(items), sql(items));
        EXPECT_EQ(east(counts), all);
    }

    const std::string waits = "application_name = 'pgcoro-sync' and datname = 'east' and wait_event_type = 'Lock'";

private:
    std::unique_ptr<PGconn, decltype(&::PQfinish)> blocker_{nullptr, &::PQfinish};
};

TEST_F(sync_overlap, a_target_that_loses_its_session_gets_all_of_it_again) {
    auto running = start("run", {"east"}, {"--retry-delay", "1"});
    running.wait_for("east: following");
    lock();
    write();
    wait_until_blocked();
    EXPECT_EQ(east("select count(pg_terminate_backend(pid)) from pg_stat_activity where " + waits), "1");
    wait_until_blocked(); // again, in another session
    unlock();

    wait_until("east", counts, all);
    EXPECT_EQ(east(items), sql(items));
}

TEST_F(sync_overlap, a_program_that_is_stopped_goes_on_where_it_was) {
    auto running = start("run", {"east"});
    running.wait_for("east: following");
    lock();
    write();
    wait_until_blocked();
    running.send_signal(SIGTERM);
    unlock();

    const auto o = running.wait();
    EXPECT_EQ(o.exit_code, 0) << o.err;
    finish();
}

TEST_F(sync_overlap, a_program_that_is_killed_has_done_whole_transactions_only) {
    {
        auto running = start("run", {"east"}, {"--batch", "500"});
        running.wait_for("east: following");
        sql("insert into items values (-1, 'first')");
        wait_until("east", counts, "1|1|0");
        lock();
        write();
        wait_until_blocked();
    } // killed
    unlock();
    EXPECT_EQ(east("select count(*) from items"), "1");
    sql("delete from items where id = -1");

    const auto o = call("run", {"east"}, {"--until-current", "--batch", "500"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(items), sql(items));
}

TEST_F(sync_overlap, what_follows_a_conflict_is_not_applied) {
    sql("insert into items select n, 'a' from generate_series(1, 3000) n");
    sql("insert into items select n, 'b' from generate_series(3001, 6000) n");
    sql("insert into items select n, 'c' from generate_series(6001, 9000) n; delete from items where id % 2 = 0");
    east("insert into items values (5999, 'theirs')");
    for (const char* const batch : {"100", "3000", "100000"}) {
        const auto o = call("run", {"east"}, {"--until-current", "--batch", batch});
        EXPECT_EQ(o.exit_code, 3);
        EXPECT_TRUE(o.err_has("insert into public.items (id = 5999): 23505")) << o.err;
        EXPECT_EQ(east(counts), "1|3000|0");
        EXPECT_EQ(east("select count(*), max(id) from items where v <> 'theirs'"), "3000|3000");
    }
    east("delete from items where id = 5999");

    const auto o = call("run", {"east"}, {"--until-current"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(items), sql(items));
    EXPECT_EQ(east(counts), "4|13500|0");
}

} // namespace
} // namespace sync_test
