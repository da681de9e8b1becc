// SPDX-License-Identifier: BSL-1.0
// A script that drives a browser, and asks the test for what happens to the servers.
#pragma once

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace shop_test {

/// A child process with both ends of its standard streams.
class script {
public:
    explicit script(std::vector<std::string> arguments) {
        int in[2]{};
        int out[2]{};
        EXPECT_EQ(::pipe(in) | ::pipe(out), 0);
        std::vector<char*> argv;
        for (auto& a : arguments) {
            argv.push_back(a.data());
        }
        argv.push_back(nullptr);
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(in[0], STDIN_FILENO);
            ::dup2(out[1], STDOUT_FILENO);
            for (const int end : {in[0], in[1], out[0], out[1]}) {
                ::close(end);
            }
            ::execvp(argv[0], argv.data());
            ::_exit(127);
        }
        ::close(in[0]);
        ::close(out[1]);
        to_ = in[1];
        from_ = out[0];
    }
    ~script() {
        ::close(to_);
        ::close(from_);
    }
    bool read_line(std::string& line) {
        line.clear();
        char c = 0;
        while (::read(from_, &c, 1) == 1) {
            if (c == '\n') {
                return true;
            }
            line += c;
        }
        return false;
    }
    void answer() { EXPECT_EQ(::write(to_, "\n", 1), 1); }
    int wait() {
        int status = 0;
        ::waitpid(child_, &status, 0);
        return status;
    }

private:
    pid_t child_ = 0;
    int to_ = -1;
    int from_ = -1;
};

/// Does what the script asks for, one word a line, and answers with an empty line. Other lines are for people. Expects that the
/// script succeeds.
inline void run_script(std::vector<std::string> arguments, const std::map<std::string, std::function<void()>>& commands) {
    script child(std::move(arguments));
    for (std::string line; child.read_line(line);) {
        const auto command = commands.find(line);
        if (command == commands.end()) {
            std::cout << line << '\n';
            continue;
        }
        command->second();
        child.answer();
    }
    const int status = child.wait();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

} // namespace shop_test
