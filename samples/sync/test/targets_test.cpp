// SPDX-License-Identifier: BSL-1.0
// Targets have their own pace: one that is away or stopped does not hold the others.
#include "sync_program.hpp"

#include <pgcoro/testing/fault_proxy.hpp>

#include <boost/json/array.hpp>

#include <libpq-fe.h>

#include <csignal>
#include <memory>

namespace sync_test {
namespace {

namespace json = boost::json;
using pgcoro::testing::fault_proxy;

/// Nobody else can write to the table of a target.
class table_lock {
public:
    explicit table_lock(const std::string& dsn) : db_(::PQconnectdb(dsn.c_str()), &::PQfinish) {
        const std::unique_ptr<PGresult, decltype(&::PQclear)> locked(::PQexec(db_.get(), "begin; lock table items"),
                                                                     &::PQclear);
        EXPECT_EQ(::PQresultStatus(locked.get()), PGRES_COMMAND_OK) << ::PQerrorMessage(db_.get());
    }

private:
    std::unique_ptr<PGconn, decltype(&::PQfinish)> db_;
};

class sync_targets : public program {
protected:
    sync_targets() { everywhere("create table items (id int primary key, v text)"); }

    /// East directly, and west through a proxy.
    std::vector<std::string> through(const fault_proxy& proxy, std::vector<std::string> options) const {
        auto all = arguments("run", {"east"},
                             {"--target", "west=" + proxy.dsn() + " dbname=west", "--timeout", "5", "--retry-delay", "1"});
        all.insert(all.end(), options.begin(), options.end());
        return all;
    }
    /// Until `clear`.
    static void break_line(fault_proxy& proxy) {
        pgcoro::testing::fault_script refused;
        refused.at_start = pgcoro::testing::greeting::refuse;
        proxy.always(refused);
        proxy.cut();
    }
    static json::object target_named(const json::object& event, std::string_view name) {
        for (const auto& t : event.at("targets").as_array()) {
            if (t.at("name").as_string() == name) {
                return t.as_object();
            }
        }
        return {};
    }
};

TEST_F(sync_targets, one_that_is_away_does_not_hold_the_others_and_catches_up) {
    auto proxy = fault_proxy::create(*target).value();
    process running(folder, through(proxy, {"--all-tables"}));
    running.wait_for("east: following");
    running.wait_for("west: following");
    break_line(proxy);
    running.wait_for("west: waiting");
    sql("insert into items select i from generate_series(1, 100) i");
    wait_until("east", "select count(*) from items", "100");
    EXPECT_EQ(west("select count(*) from items"), "0");

    proxy.clear();
    wait_until("west", "select count(*) from items", "100");
    running.send_signal(SIGTERM);
    const auto o = running.wait();
    EXPECT_EQ(o.exit_code, 0) << o.err;
}

TEST_F(sync_targets, one_that_freezes_is_given_up_and_tried_again) {
    auto proxy = fault_proxy::create(*target).value();
    process running(folder, through(proxy, {"--all-tables"}));
    running.wait_for("west: following");
    proxy.half_open();
    sql("insert into items values (1)");
    wait_until("west", "select count(*) from items", "1");
    EXPECT_TRUE(running.err().find("west: waiting") != std::string::npos) << running.err();
}

TEST_F(sync_targets, one_that_is_too_far_behind_is_stopped_and_its_log_released) {
    auto proxy = fault_proxy::create(*target).value();
    const std::vector<std::string> options{"--all-tables", "--max-lag", "4MB", "--json"};
    process running(folder, through(proxy, options));
    running.wait_for("east: following");
    running.wait_for("west: following");
    break_line(proxy);
    running.wait_for("west: waiting");
    for (int i = 0; i < 10; ++i) {
        sql("insert into items select i + (select coalesce(max(id), 0) from items), repeat('x', 1000) from generate_series(1, 1000) i");
        wait_until("east", "select count(*) from items", std::to_string(1000 * (i + 1)));
    }
    running.wait_for("west: stopped: ");
    EXPECT_EQ(sql("select string_agg(slot_name, ' ') from pg_replication_slots"), "sync_east");
    sql("insert into items values (0)");
    wait_until("east", "select count(*) from items", "10001");
    running.send_signal(SIGTERM);
    auto o = running.wait();
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("more than --max-lag")) << o.err;
    const auto west_state = target_named(last_event(o.out, "progress"), "west");
    EXPECT_EQ(west_state.at("state").as_string(), "stopped");

    proxy.clear();
    o = call_with(through(proxy, {"--until-current"}));
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("--copy-again west")) << o.err;
    o = call_with(through(proxy, {"--until-current", "--copy-again", "west"}));
    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(west("select count(*) from items"), "10001");
}

TEST_F(sync_targets, the_only_one_is_stopped_when_its_log_is_released) {
    auto running = start("run", {"east"}, {"--all-tables", "--max-lag", "4MB"});
    running.wait_for("east: following");
    const table_lock lock(dsn_of("east"));
    sql("insert into items select i, repeat('x', 1000) from generate_series(1, 10000) i");

    const auto o = running.wait();

    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("its slot was dropped")) << o.err;
    EXPECT_EQ(sql("select count(*) from pg_replication_slots"), "0");
    EXPECT_EQ(east("select stopped_because like '%its slot was dropped%' from pgcoro_sync.targets"), "t");
}

TEST_F(sync_targets, a_slot_that_cannot_be_dropped_yet_is_dropped_later) {
    sql("create role mover login replication password 'mover'; grant usage on schema public to mover; "
        "grant select on items to mover; create publication sync for all tables");
    process running(folder, {"run", "--source", source->dsn() + " user=mover password=mover", "--target",
                             "east=" + dsn_of("east"), "--max-lag", "4MB"});
    running.wait_for("east: following");
    const table_lock lock(dsn_of("east"));
    sql("alter role mover noreplication; insert into items select i, repeat('x', 1000) from generate_series(1, 10000) i");
    running.wait_for("its slot could not be dropped");
    EXPECT_EQ(sql("select count(*) from pg_replication_slots"), "1");

    sql("alter role mover replication");

    const auto o = running.wait();
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.err_has("its slot was dropped")) << o.err;
    EXPECT_EQ(sql("select count(*) from pg_replication_slots"), "0");
    sql("drop owned by mover; drop role mover");
}

TEST_F(sync_targets, one_whose_role_has_no_special_rights_is_served) {
    east("alter table items owner to app; grant create on database east to app");
    std::vector<std::string> all{"run",
                                 "--source",
                                 source->dsn(),
                                 "--all-tables",
                                 "--until-current",
                                 "--target",
                                 "east=host=127.0.0.1 user=app password=secret dbname=east port=" +
                                     std::to_string(target->port())};
    sql("insert into items values (1, 'first')");
    auto o = call_with(all);
    EXPECT_EQ(o.exit_code, 0) << o.err;
    sql("insert into items values (2); truncate items; insert into items values (3)");
    o = call_with(all);
    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(east("select string_agg(id::text, ' ') from items"), "3");
    EXPECT_EQ(o.err.find("secret"), std::string::npos) << o.err;
}

} // namespace
} // namespace sync_test
