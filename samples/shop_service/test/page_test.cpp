// SPDX-License-Identifier: BSL-1.0
// The page in a real browser. page_test.py drives it; this program does what the script asks for on standard output, one word
// a line, and answers with an empty line when it is done.
#include "service_fixture.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace {

using namespace shop_test;

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

TEST(page, shows_what_the_server_has_and_recovers) {
    auto server = pgcoro::testing::ephemeral_server::create().value();
    const std::vector<std::string> options{"--create-schema", "--threads", "2", "--slow", "1"};
    auto service = std::make_unique<service_process>(server.tcp_dsn(), options);
    const auto port = service->port();
    const std::map<std::string, std::function<void()>> commands{
        {"stop-database", [&] { server.stop().value(); }},
        {"start-database", [&] { server.start().value(); }},
        {"stop-service",
         [&] {
             service->send_signal(SIGTERM);
             EXPECT_EQ(service->wait(), 0);
             service.reset();
         }},
        {"start-service", [&] { service = std::make_unique<service_process>(server.tcp_dsn(), options, port); }},
    };
    script browser({PYTHON, PAGE_TEST, CHROMIUM, "http://127.0.0.1:" + std::to_string(port), SCREENSHOTS});
    for (std::string line; browser.read_line(line);) {
        const auto command = commands.find(line);
        if (command == commands.end()) {
            std::cout << line << '\n'; // for people
            continue;
        }
        command->second();
        browser.answer();
    }
    const int status = browser.wait();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

} // namespace
