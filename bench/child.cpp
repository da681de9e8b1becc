// SPDX-License-Identifier: BSL-1.0
#include "child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace bench {
namespace {

void check(int error, const std::string& what) {
    if (error != 0) {
        throw std::system_error(error, std::system_category(), what);
    }
}

class file_actions {
public:
    file_actions() { check(posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init"); }
    ~file_actions() { posix_spawn_file_actions_destroy(&actions_); }
    file_actions(const file_actions&) = delete;
    file_actions& operator=(const file_actions&) = delete;

    void print_to(int descriptor) { check(posix_spawn_file_actions_adddup2(&actions_, descriptor, STDOUT_FILENO), "dup2"); }
    const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

pid_t start(const std::vector<std::string>& command, const file_actions& actions) {
    std::vector<char*> arguments;
    for (const auto& word : command) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    pid_t child = 0;
    check(posix_spawnp(&child, arguments[0], actions.get(), nullptr, arguments.data(), environ), command[0]);
    return child;
}

void wait_for(pid_t child, const std::string& program) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            check(errno, "waitpid");
        }
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw std::runtime_error(program + " failed");
    }
}

} // namespace

void run_child(const std::vector<std::string>& command) { wait_for(start(command, {}), command[0]); }

std::string output_of_child(const std::vector<std::string>& command) {
    int ends[2] = {-1, -1};
    check(pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno, "pipe2");
    file_actions actions;
    actions.print_to(ends[1]);
    const pid_t child = start(command, actions);
    close(ends[1]);
    std::string all;
    char some[512];
    for (ssize_t size = 0; (size = read(ends[0], some, sizeof some)) > 0;) {
        all.append(some, static_cast<std::size_t>(size));
    }
    close(ends[0]);
    wait_for(child, command[0]);
    return all;
}

std::filesystem::path sibling(const char* program) {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / program;
}

} // namespace bench
