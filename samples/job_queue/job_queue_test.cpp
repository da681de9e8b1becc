// SPDX-License-Identifier: BSL-1.0
// Several workers, one of which is killed, and jobs that are added before and meanwhile: each job is done.
#include <pgcoro/testing/ephemeral_server.hpp>

#include <gtest/gtest.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

class job_queue_program : public testing::Test {
protected:
    job_queue_program() {
        std::string name = (std::filesystem::temp_directory_path() / "job_queue.XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~job_queue_program() override {
        while (!workers_.empty()) {
            end_worker();
        }
        std::filesystem::remove_all(folder_);
    }

    int run(const std::string& arguments) {
        return std::system((std::string(JOB_QUEUE) + " \"" + server_.dsn() + "\" " + arguments).c_str());
    }
    int add(int first, int last) {
        std::string arguments = "add";
        for (int i = first; i <= last; ++i) {
            arguments += " task-" + std::to_string(i);
        }
        return run(arguments);
    }

    /// What it does is written to a file.
    void start_worker() {
        const auto output = (folder_ / std::to_string(started_++)).string();
        const std::string dsn = server_.dsn();
        const pid_t child = ::fork();
        if (child == 0) {
            if (std::freopen(output.c_str(), "w", stdout)) {
                ::execl(JOB_QUEUE, JOB_QUEUE, dsn.c_str(), "work", nullptr);
            }
            ::_exit(127);
        }
        workers_.push_back(child);
    }
    void end_worker() {
        ::kill(workers_.back(), SIGKILL);
        ::waitpid(workers_.back(), nullptr, 0);
        workers_.pop_back();
    }

    void wait_until(const std::string& question) {
        while (!server_.run_sql(question).value().starts_with('t')) {
        }
    }
    /// How often each task was reported as done.
    std::map<std::string, int> done() const {
        std::map<std::string, int> tasks;
        for (const auto& file : std::filesystem::directory_iterator(folder_)) {
            std::ifstream in(file.path());
            for (std::string id, task; in >> id >> task;) {
                ++tasks[task];
            }
        }
        return tasks;
    }

    pgcoro::testing::ephemeral_server server_ = pgcoro::testing::ephemeral_server::create().value();
    std::filesystem::path folder_;
    std::vector<pid_t> workers_;
    int started_ = 0;
};

TEST_F(job_queue_program, does_each_job_though_a_worker_is_killed) {
    ASSERT_EQ(run("create"), 0);
    ASSERT_EQ(add(1, 50), 0);
    for (int i = 0; i < 3; ++i) {
        start_worker();
    }
    ASSERT_EQ(add(51, 100), 0);
    wait_until("select count(*) = 0 from jobs");
    end_worker();
    ASSERT_EQ(add(101, 150), 0);
    wait_until("select count(*) = 0 from jobs");

    const auto tasks = done();
    EXPECT_EQ(tasks.size(), 150u);
    for (const auto& [task, times] : tasks) {
        EXPECT_EQ(times, 1) << task;
    }
}

TEST_F(job_queue_program, explains_its_usage) { EXPECT_EQ(WEXITSTATUS(run("dance 2> /dev/null")), 2); }

} // namespace
