// SPDX-License-Identifier: BSL-1.0
// The program is killed in the middle, and run again.
#include "program.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace etl_test {
namespace {

/// The source is a pipe first, so that the test decides how far the program comes; then a file.
class etl_resume : public program {
protected:
    ~etl_resume() override { kill(); }

    static std::string rows(int first, int last) {
        std::string text;
        for (int i = first; i <= last; ++i) {
            text += std::to_string(i) + ",\"customer " + std::to_string(i) + "\"\n";
        }
        return text;
    }
    /// Starts the program, and gives it some rows.
    void begin(const std::string& mode, const std::string& text) {
        write("p.toml", customers_pipeline(mode));
        ASSERT_EQ(::mkfifo(path("customers.csv").c_str(), 0600), 0);
        pipe_ = ::open(path("customers.csv").c_str(), O_RDWR | O_CLOEXEC); // which does not wait for a reader
        child_ = start(run_arguments("p.toml", {"--batch-rows", "100"}));
        ASSERT_EQ(::write(pipe_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    void close_pipe() {
        ::close(pipe_);
        pipe_ = -1;
    }
    static void wait_until(const std::string& condition) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        const auto holds = [&] {
            const auto answer = server->run_sql("select coalesce((" + condition + "), false)");
            return answer && answer.value().starts_with('t'); // an error: there is no such table yet
        };
        while (!holds()) {
            ASSERT_LT(std::chrono::steady_clock::now(), limit) << condition;
            std::this_thread::yield();
        }
    }
    void kill() {
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
            ::waitpid(child_, nullptr, 0);
        }
        child_ = 0;
        if (pipe_ >= 0) {
            close_pipe();
        }
    }
    /// From now on, the source is a file.
    void give_file(const std::string& text) {
        std::filesystem::remove(path("customers.csv"));
        write("customers.csv", text);
    }
    static std::string table() { return sql("select count(*), sum(id), count(distinct name) from customers"); }

    pid_t child_ = 0;
    int pipe_ = -1;
};

class etl_resume_mode : public etl_resume, public testing::WithParamInterface<const char*> {};

TEST_P(etl_resume_mode, goes_on_after_it_was_killed_while_it_staged) {
    begin(GetParam(), "id,name\n" + rows(1, 450));
    wait_until("select rows = 400 from pgcoro_etl.jobs");
    kill();
    const auto between = table();
    give_file("id,name\n" + rows(1, 1000));

    const auto o = run("p.toml", {"--json"});

    EXPECT_EQ(between, "0||0\n");
    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(table(), "1000|500500|1000\n");
    const auto summary = event(o, "summary");
    EXPECT_EQ(summary.at("resumed").as_int64(), 400);
    EXPECT_EQ(summary.at("staged").as_int64(), 1000);
    EXPECT_EQ(summary.at("written").as_int64(), 1000);
}

TEST_P(etl_resume_mode, goes_on_after_it_was_killed_while_it_merged) {
    begin(GetParam(), "id,name\n" + rows(1, 350));
    wait_until("select rows = 300 from pgcoro_etl.jobs");
    sql("begin; lock table customers in share mode; prepare transaction 'lock'");
    close_pipe();
    wait_until("select count(*) > 0 from pg_locks where not granted and relation = 'customers'::regclass");
    kill();
    sql("rollback prepared 'lock'");
    give_file("id,name\n" + rows(1, 350));

    const auto o = run("p.toml", {"--json"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(table(), "350|61425|350\n");
    EXPECT_EQ(event(o, "summary").at("resumed").as_int64(), 350);
}

INSTANTIATE_TEST_SUITE_P(modes, etl_resume_mode, testing::Values("insert", "upsert", "replace"),
                         [](const auto& mode) { return std::string(mode.param); });

TEST_F(etl_resume, starts_over_if_the_source_has_changed) {
    begin("upsert", "id,name\n" + rows(1, 450));
    wait_until("select rows = 400 from pgcoro_etl.jobs");
    kill();
    give_file("id,name\n5000,Other\n" + rows(2, 1000));

    const auto o = run("p.toml", {"--json"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(table(), "1000|505499|1000\n");
    EXPECT_EQ(event(o, "summary").at("resumed").as_int64(), 0);
}

TEST_F(etl_resume, starts_over_if_the_source_has_become_shorter) {
    begin("upsert", "id,name\n" + rows(1, 450));
    wait_until("select rows = 400 from pgcoro_etl.jobs");
    kill();
    give_file("id,name\n" + rows(1, 10));

    const auto o = run("p.toml");

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(table(), "10|55|10\n");
}

TEST_F(etl_resume, starts_over_if_the_columns_have_changed) {
    begin("upsert", "id,name\n" + rows(1, 450));
    wait_until("select rows = 400 from pgcoro_etl.jobs");
    kill();
    give_file("id,name,credit\n1,Ann,5\n");

    const auto o = run("p.toml");

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(sql("select id, credit from customers"), "1|5.00\n");
}

TEST_F(etl_resume, starts_over_if_the_staged_rows_are_lost) {
    begin("upsert", "id,name\n" + rows(1, 450));
    wait_until("select rows = 400 from pgcoro_etl.jobs");
    kill();
    ASSERT_TRUE(server->kill() && server->start()); // an unlogged table does not survive that
    give_file("id,name\n" + rows(1, 1000));

    const auto o = run("p.toml");

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(table(), "1000|500500|1000\n");
}

TEST_F(etl_resume, does_not_start_over_with_a_pipe_whose_first_rows_are_gone) {
    begin("upsert", "id,name\n" + rows(1, 450));
    wait_until("select rows = 400 from pgcoro_etl.jobs");
    kill();
    std::filesystem::remove(path("customers.csv"));
    begin("upsert", "id,name\n5000,Other\n" + rows(2, 450));

    const auto changed = wait(std::exchange(child_, 0));
    close_pipe();
    give_file("id,name\n5000,Other\n" + rows(2, 450));
    const auto again = run("p.toml");

    EXPECT_EQ(changed.exit_code, 1) << changed.err;
    EXPECT_TRUE(changed.err_has("a pipe cannot be read twice: run the pipeline again")) << changed.err;
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(table(), "450|106474|450\n");
}

TEST_F(etl_resume, two_runs_of_one_pipeline_do_not_meet) {
    begin("upsert", "id,name\n" + rows(1, 150));
    wait_until("select rows = 100 from pgcoro_etl.jobs");
    give_file("id,name\n" + rows(1, 150));
    write("other.toml", customers_pipeline("upsert"));

    const auto second = call(run_arguments("other.toml", {"--wait", "0"}));
    close_pipe();
    const auto finished = wait(std::exchange(child_, 0));

    EXPECT_EQ(second.exit_code, 1) << second.err;
    EXPECT_TRUE(second.err_has("another run of the pipeline customers goes on")) << second.err;
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(table(), "150|11325|150\n");
}

} // namespace
} // namespace etl_test
