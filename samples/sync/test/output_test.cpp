// SPDX-License-Identifier: BSL-1.0
// What the program prints: help, status, JSON, and no secrets.
#include "sync_program.hpp"

#include <boost/json/array.hpp>

#include <regex>

namespace sync_test {
namespace {

class sync_output : public program {
protected:
    sync_output() { everywhere("create table items (id int primary key)"); }
};

TEST_F(sync_output, explains_its_usage) {
    const auto help = call_with({"--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_TRUE(help.out_has("exit code: 0 done"));
    EXPECT_EQ(call_with({}).exit_code, 2);
    EXPECT_EQ(call_with({"run"}).exit_code, 2);
    EXPECT_EQ(call_with({"run", "--target", "dsn without a name"}).exit_code, 2);
    EXPECT_EQ(call_with({"run", "--target", "a=", "--target", "a="}).exit_code, 2);
    EXPECT_EQ(call_with({"run", "--target", "a=", "--copy-again", "b"}).exit_code, 2);
    EXPECT_EQ(call("run", {"east"}, {"--conflicts", "perhaps"}).exit_code, 2);
    EXPECT_EQ(call("run", {"east"}, {"--all-tables", "--http", "nowhere"}).exit_code, 1);
}

TEST_F(sync_output, status_tells_where_each_target_is_and_drop_leaves_nothing) {
    auto o = call("status", {"east"});
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.out_has("missing")) << o.out;
    {
        auto running = start("run", {"east"}, {"--all-tables"});
        running.wait_for("east: following");
        sql("insert into items values (1), (2)");
        wait_until("east", "select count(*) from items", "2");
        std::filesystem::create_directory(folder / "status");
        o = process(folder / "status", arguments("status", {"east"}, {"--json"})).wait();
        EXPECT_EQ(o.exit_code, 0) << o.out;
        const auto t = last_event(o.out, "status").at("targets").as_array().at(0).as_object();
        EXPECT_EQ(t.at("state").as_string(), "following");
        EXPECT_EQ(t.at("changes").as_int64(), 2);
        EXPECT_TRUE(t.at("lag_bytes").is_number());
        EXPECT_TRUE(t.at("retained_bytes").is_number());
        o = process(folder / "status", arguments("drop", {"east"})).wait();
        EXPECT_EQ(o.exit_code, 1);
        EXPECT_TRUE(o.err_has("55006")) << o.err; // it runs
    }
    wait_until_nobody_reads();
    o = call("status", {"east"});
    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(o.out_has("waiting")) << o.out;

    EXPECT_EQ(call("drop", {"east"}).exit_code, 0);
    EXPECT_EQ(sql("select count(*) from pg_replication_slots"), "0");
    EXPECT_EQ(east("select to_regnamespace('pgcoro_sync') is null"), "t");
    EXPECT_EQ(east("select count(*) from items"), "2");
}

TEST_F(sync_output, has_no_secrets) {
    const auto dsn = target->tcp_dsn();
    std::smatch found;
    ASSERT_TRUE(std::regex_search(dsn, found, std::regex("password='?([^' ]+)")));
    const std::string password = found[1];
    const auto all = [&](const std::string& command, const std::string& options, std::vector<std::string> more) {
        std::vector<std::string> words{command, "--source", source->tcp_dsn(), "--target", "east=" + dsn + options, "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return call_with(words);
    };
    for (const auto& o : {all("run", " dbname=east", {"--all-tables", "--until-current"}), all("status", " dbname=east", {}),
                          all("run", " dbname=nowhere", {"--until-current"}), all("status", " port=1", {}),
                          all("run", " dbname=east nonsense=1", {"--until-current"}), all("drop", " dbname=east", {})}) {
        EXPECT_EQ(o.out.find(password), std::string::npos) << o.out;
        EXPECT_EQ(o.err.find(password), std::string::npos) << o.err;
    }
}

} // namespace
} // namespace sync_test
