// SPDX-License-Identifier: BSL-1.0
// Whatever ends the program, each change is in the target once.
#include "sync_program.hpp"

#include <csignal>

namespace sync_test {
namespace {

class sync_killed : public program {
protected:
    /// Each change adds to a counter: one that is applied twice, or not at all, is seen.
    void make_tables() {
        everywhere("create table items (id int primary key, n int not null); create table log (at bigint primary key)");
        sql("insert into items select i, 0 from generate_series(1, 50) i");
    }
    static constexpr const char* state = "select (select string_agg(i::text, ' ' order by id) from items i), "
                                         "(select count(*) || ' ' || coalesce(sum(at), 0) from log)";
    /// So many transactions of two changes.
    static void write(int transactions) {
        sql("do $$ begin for i in 1.." + std::to_string(transactions) +
            " loop update items set n = n + 1 where id = 1 + i % 50;"
            "insert into log select coalesce(max(at), 0) + 1 from log; commit; end loop; end $$");
    }
};

TEST_F(sync_killed, while_it_copies_and_follows_it_goes_on_where_it_was) {
    make_tables();
    sql("insert into log select i from generate_series(1, 20000) i");
    {
        auto running = start("run", {"east", "west"}, {"--all-tables"});
        running.wait_for("east: copying");
    } // killed
    for (int i = 0; i < 10; ++i) {
        auto running = start("run", {"east", "west"}, {"--all-tables"});
        running.wait_for("east: following");
        const auto before = east("select transactions from pgcoro_sync.targets");
        write(300);
        wait_until("east", "select transactions > " + before + " from pgcoro_sync.targets", "t");
    } // killed
    const auto o = call("run", {"east", "west"}, {"--until-current"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east(state), sql(state));
    EXPECT_EQ(west(state), sql(state));
    EXPECT_EQ(east("select transactions, changes, conflicts from pgcoro_sync.targets"), "3000|6000|0");
}

TEST_F(sync_killed, a_second_program_for_the_same_target_waits) {
    make_tables();
    auto first = start("run", {"east"}, {"--all-tables"});
    first.wait_for("east: following");
    std::filesystem::create_directory(folder / "second");
    process second(folder / "second", arguments("run", {"east"}));
    second.wait_for("another pgcoro-sync serves this target");
    write(10);
    wait_until("east", state, sql(state));

    first.send_signal(SIGTERM);
    EXPECT_EQ(first.wait().exit_code, 0);
    second.wait_for("east: following");
    write(10);
    wait_until("east", state, sql(state));
    EXPECT_EQ(east("select transactions from pgcoro_sync.targets"), "20");
}

} // namespace
} // namespace sync_test
