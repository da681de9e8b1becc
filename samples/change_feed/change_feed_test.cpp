// SPDX-License-Identifier: BSL-1.0
// The program is killed again and again: each change is in its file, once.
#include <pgcoro/testing/ephemeral_server.hpp>

#include <gtest/gtest.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace {

pgcoro::testing::server_options logical() {
    pgcoro::testing::server_options options;
    options.settings = {{"wal_level", "logical"}};
    return options;
}

/// All tests share the server.
class change_feed_program : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server = pgcoro::testing::ephemeral_server::create(logical()).value();
        static_cast<void>(server
                              ->run_sql("create table items (id int primary key, name text, price numeric);"
                                        "create publication shop for table items")
                              .value());
    }
    static void TearDownTestSuite() { server.reset(); }
    change_feed_program() {
        std::string name = (std::filesystem::temp_directory_path() / "change_feed.XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~change_feed_program() override {
        end(SIGKILL);
        std::filesystem::remove_all(folder_);
    }

    void start(const std::string& dsn = server->dsn()) {
        const std::string file = this->file();
        child_ = ::fork();
        if (child_ == 0) {
            ::execl(CHANGE_FEED, CHANGE_FEED, dsn.c_str(), "shop", "feed", file.c_str(), nullptr);
            ::_exit(127);
        }
    }
    int end(int signal) {
        if (child_ == 0) {
            return 0;
        }
        ::kill(child_, signal);
        return wait();
    }
    int wait() {
        int status = 0;
        ::waitpid(std::exchange(child_, 0), &status, 0);
        return status;
    }

    std::string file() const { return (folder_ / "feed.jsonl").string(); }
    std::string contents() const {
        std::ifstream in(file());
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void wait_for(const std::string& text) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (contents().find(text) == std::string::npos) {
            ASSERT_LT(std::chrono::steady_clock::now(), limit) << contents();
            std::this_thread::yield();
        }
    }
    /// A slot that is being made is active, too, and goes with its process.
    void wait_for_slot() {
        while (
            !server->run_sql("select count(*) = 1 from pg_replication_slots where active and confirmed_flush_lsn is not null")
                 .value()
                 .starts_with('t')) {
        }
    }

    inline static std::optional<pgcoro::testing::ephemeral_server> server;
    std::filesystem::path folder_;
    pid_t child_ = 0;
};

TEST_F(change_feed_program, writes_each_change_once_though_it_is_killed) {
    start();
    wait_for_slot();
    end(SIGKILL);
    std::ofstream(file(), std::ios::app) << "half a line"; // of a transaction that is not stored
    start();
    for (int i = 0; i < 8; ++i) {
        const std::string first = std::to_string(1000 * i + 1);
        const std::string last = std::to_string(1000 * i + 1000);
        static_cast<void>(
            server->run_sql("insert into items select i, 'item', 0.5 from generate_series(" + first + ", " + last + ") i")
                .value());
        wait_for("\"id\":" + first + ",");
        end(SIGKILL); // before the last line, or after it
        start();
    }
    static_cast<void>(server->run_sql("update items set price = 1.5 where id = 8000; delete from items where id = 1").value());
    wait_for("\"op\":\"delete\",\"old\":{\"id\":1}");
    const int status = end(SIGTERM);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;

    const std::string lines = contents();
    EXPECT_EQ(lines.find("half a line"), std::string::npos);
    EXPECT_NE(lines.find("\"op\":\"update\",\"row\":{\"id\":8000,\"name\":\"item\",\"price\":\"1.5\"}"), std::string::npos);
    for (int id = 1; id <= 8000; ++id) {
        const std::string line = "\"op\":\"insert\",\"row\":{\"id\":" + std::to_string(id) + ",";
        const auto found = lines.find(line);
        ASSERT_NE(found, std::string::npos) << id;
        ASSERT_EQ(lines.find(line, found + 1), std::string::npos) << id;
    }
}

TEST_F(change_feed_program, leaves_a_file_alone_that_another_one_writes) {
    start();
    wait_for_slot();
    static_cast<void>(server->run_sql("insert into items values (9001, 'item', 1)").value());
    wait_for("\"id\":9001,");
    std::ofstream(file(), std::ios::app) << "half a line"; // as if the first one had written it
    const pid_t first = std::exchange(child_, 0);

    start();
    const int status = wait();

    child_ = first;
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status;
    EXPECT_TRUE(contents().ends_with("half a line")) << contents();
}

TEST_F(change_feed_program, leaves_a_file_alone_whose_position_is_not_known) {
    std::ofstream(file()) << "precious\n";

    start("host=/nowhere");

    const int status = wait();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status;
    EXPECT_EQ(contents(), "precious\n");
    EXPECT_FALSE(std::filesystem::exists(file() + ".position"));
}

TEST_F(change_feed_program, does_not_fill_a_file_that_has_lost_a_part) {
    std::ofstream(file()) << "short\n";
    std::ofstream(file() + ".position") << "5 1000\n";

    start("host=/nowhere");

    const int status = wait();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status;
    EXPECT_EQ(contents(), "short\n");
}

TEST_F(change_feed_program, explains_its_usage) { EXPECT_EQ(WEXITSTATUS(std::system(CHANGE_FEED " 2> /dev/null")), 2); }

} // namespace
