// SPDX-License-Identifier: BSL-1.0
// Nothing remains of a throwaway server whose owner dies; several owners share one template.
#include "support/bouncer.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::server_options;

/// Another process that owns a server, until it is killed.
class owner {
public:
    explicit owner(const std::function<void(ephemeral_server&)>& prepare, const server_options& options = {}) {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        line_ = ends[0];
        pid_ = ::fork();
        if (pid_ == 0) {
            auto server = ephemeral_server::create(options);
            if (!server) {
                std::cerr << server.error() << '\n';
                ::_exit(1);
            }
            prepare(server.value());
            const auto folder = server.value().socket_directory().string();
            [[maybe_unused]] const auto told = ::write(ends[1], folder.data(), folder.size());
            ::close(ends[1]);
            for (;;) {
                ::pause();
            }
        }
        ::close(ends[1]);
    }
    ~owner() { ::close(line_); }

    /// Waits until its server is there; empty if it has none.
    const fs::path& folder() {
        char text[256];
        std::string all = folder_.string();
        for (ssize_t n; (n = ::read(line_, text, sizeof text)) > 0;) {
            all.append(text, static_cast<std::size_t>(n));
        }
        return folder_ = all;
    }

    void kill() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

private:
    pid_t pid_ = 0;
    int line_ = -1;
    fs::path folder_;
};

/// The processes of a server, held so that their ids cannot be those of others later.
std::vector<int> open_processes(const fs::path& folder) {
    pid_t postmaster = 0;
    std::ifstream(folder / "data" / "postmaster.pid") >> postmaster;
    std::vector<int> opened{static_cast<int>(::syscall(SYS_pidfd_open, postmaster, 0))};
    std::ifstream children("/proc/" + std::to_string(postmaster) + "/task/" + std::to_string(postmaster) + "/children");
    for (pid_t child; children >> child;) {
        opened.push_back(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    }
    return opened;
}

bool ends_in_time(int process) {
    pollfd waiting{process, POLLIN, 0};
    const bool ended = ::poll(&waiting, 1, 20'000) == 1;
    ::close(process);
    return ended;
}

bool vanishes_in_time(const fs::path& folder) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (fs::exists(folder)) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

void expect_nothing_remains(owner& dying) {
    ASSERT_FALSE(dying.folder().empty());
    ASSERT_TRUE(fs::exists(dying.folder() / "data" / "postmaster.pid"));
    const auto processes = open_processes(dying.folder());
    ASSERT_GE(processes.size(), 1U);
    dying.kill();
    for (const int process : processes) {
        EXPECT_TRUE(ends_in_time(process));
    }
    EXPECT_TRUE(vanishes_in_time(dying.folder()));
}

TEST(owner_death, by_sigkill_takes_the_server_and_its_files) {
    owner dying([](ephemeral_server&) {});
    expect_nothing_remains(dying);
}

TEST(owner_death, takes_a_paused_server) {
    owner dying([](ephemeral_server& server) { EXPECT_TRUE(server.pause()); });
    expect_nothing_remains(dying);
}

TEST(owner_death, removes_the_files_of_a_server_that_was_killed) {
    owner dying([](ephemeral_server& server) { EXPECT_TRUE(server.kill()); });
    ASSERT_FALSE(dying.folder().empty());
    dying.kill();
    EXPECT_TRUE(vanishes_in_time(dying.folder()));
}

TEST(owner_death, takes_a_pooler_and_its_files) {
    std::unique_ptr<pgcoro::test::bouncer> pooler; // the owner's
    owner dying([&](ephemeral_server& server) {
        pooler = std::make_unique<pgcoro::test::bouncer>(server, "session");
        std::ofstream(server.socket_directory() / "pooler") << pooler->process() << ' ' << pooler->folder().string();
    });
    pid_t process = 0;
    fs::path folder;
    std::ifstream(dying.folder() / "pooler") >> process >> folder;
    ASSERT_GT(process, 0);
    const int watched = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
    ASSERT_TRUE(fs::exists(folder / "settings.ini"));
    expect_nothing_remains(dying);
    EXPECT_TRUE(ends_in_time(watched));
    EXPECT_TRUE(vanishes_in_time(folder));
}

TEST(owner_death, is_noticed_although_a_program_it_started_lives_on) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, 0), 0); // the program ends when we close our end
    owner dying([&](ephemeral_server&) {
        if (::fork() == 0) {
            ::dup2(ends[0], 0);
            ::close(ends[1]);
            ::execlp("sh", "sh", "-c", "cat > /dev/null", nullptr);
            ::_exit(127);
        }
    });
    ::close(ends[0]);
    expect_nothing_remains(dying);
    EXPECT_EQ(::write(ends[1], "x", 1), 1) << "the program was to live until now";
    ::close(ends[1]);
}

TEST(owner_death, while_the_server_is_made_leaves_nothing_either) {
    // A folder for temporary files of its own shows how far the owner is.
    const fs::path temporary = "/tmp/pgcoro-test-" + std::to_string(::getpid());
    fs::create_directory(temporary);
    fs::permissions(temporary, fs::perms::all);
    const auto server_folder = [&] {
        for (const auto& entry : fs::directory_iterator(temporary)) {
            if (entry.path().filename().string().starts_with("pgcoro.")) {
                return entry.path();
            }
        }
        return fs::path();
    };
    const pid_t dying = ::fork();
    if (dying == 0) {
        ::setenv("TMPDIR", temporary.c_str(), 1);
        const auto server = ephemeral_server::create();
        for (;;) {
            ::pause();
        }
    }
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!fs::exists(server_folder() / "data") && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(1ms);
    }
    const auto folder = server_folder();
    ::kill(dying, SIGKILL);
    ::waitpid(dying, nullptr, 0);
    EXPECT_FALSE(folder.empty());
    EXPECT_TRUE(vanishes_in_time(folder));
    fs::remove_all(temporary);
}

TEST(cluster_template, is_made_once_by_processes_that_start_together) {
    server_options options;
    options.cache_directory = fs::temp_directory_path() / ("pgcoro-test-cache-" + std::to_string(::getpid()));
    {
        std::vector<std::unique_ptr<owner>> owners(3);
        for (auto& one : owners) {
            one = std::make_unique<owner>([](ephemeral_server&) {}, options);
        }
        for (auto& one : owners) {
            EXPECT_FALSE(one->folder().empty());
            one->kill();
        }
        for (auto& one : owners) {
            EXPECT_TRUE(vanishes_in_time(one->folder()));
        }
    }
    int templates = 0;
    for (const auto& entry : fs::directory_iterator(options.cache_directory)) {
        templates += entry.is_directory() ? 1 : 0;
    }
    EXPECT_EQ(templates, 1);
    fs::remove_all(options.cache_directory);
}

// By root, who makes it before it can be given away.
TEST(cluster_template, may_come_into_a_folder_that_is_just_being_made) {
    server_options options;
    options.cache_directory = fs::temp_directory_path() / ("pgcoro-test-cache-" + std::to_string(::getpid()));
    fs::create_directory(options.cache_directory);
    fs::permissions(options.cache_directory, fs::perms::owner_all);
    const auto server = ephemeral_server::create(options);
    EXPECT_TRUE(server) << server.error();
    fs::remove_all(options.cache_directory);
}

TEST(cluster_template, is_not_taken_from_a_folder_others_may_write_to) {
    server_options options;
    options.cache_directory = fs::temp_directory_path() / ("pgcoro-test-cache-" + std::to_string(::getpid()));
    fs::create_directory(options.cache_directory);
    fs::permissions(options.cache_directory, fs::perms::all);
    const auto server = ephemeral_server::create(options);
    ASSERT_FALSE(server);
    EXPECT_TRUE(server.error() == pgcoro::errc::server_unavailable) << server.error();
    fs::remove_all(options.cache_directory);
}

} // namespace
