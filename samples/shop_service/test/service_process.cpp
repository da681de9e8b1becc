// SPDX-License-Identifier: BSL-1.0
#include "service_process.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace shop_test {
namespace {

constexpr std::string_view greeting = "listening on http://";

std::uint16_t read_port(int from) {
    std::string line;
    for (char c = 0; ::read(from, &c, 1) == 1 && c != '\n';) {
        line += c;
    }
    const auto colon = line.rfind(':');
    if (line.find(greeting) == std::string::npos || colon == std::string::npos) {
        throw std::runtime_error("shop_service did not start: " + line);
    }
    return static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
}

} // namespace

std::pair<int, std::string> run_service(const std::string& dsn, const std::string& options) {
    const std::string command = SHOP_SERVICE " \"" + dsn + "\" " + options + " 2>&1 >/dev/null";
    std::FILE* const error = ::popen(command.c_str(), "r");
    std::string text;
    for (int c = 0; (c = std::fgetc(error)) != EOF;) {
        text += static_cast<char>(c);
    }
    const int status = ::pclose(error);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
}

service_process::service_process(const std::string& dsn, const std::vector<std::string>& options, std::uint16_t port) {
    std::string name = (std::filesystem::temp_directory_path() / "shop_service.XXXXXX").string();
    const int log = ::mkstemp(name.data());
    log_ = name;
    std::vector<std::string> arguments{SHOP_SERVICE, dsn, "--port", std::to_string(port)};
    arguments.insert(arguments.end(), options.begin(), options.end());
    std::vector<char*> argv;
    for (auto& a : arguments) {
        argv.push_back(a.data());
    }
    argv.push_back(nullptr);
    int out[2]{};
    if (log < 0 || ::pipe2(out, O_CLOEXEC) != 0) {
        throw std::runtime_error("no file or pipe");
    }
    child_ = ::fork();
    if (child_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(log, STDERR_FILENO);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(out[1]);
    ::close(log);
    output_ = out[0];
    port_ = read_port(output_);
}

service_process::~service_process() {
    if (child_ != 0) {
        send_signal(SIGKILL);
        wait();
    }
    ::close(output_);
    std::filesystem::remove(log_);
}

void service_process::send_signal(int signal) const { ::kill(child_, signal); }

int service_process::wait() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = 0;
    return status;
}

std::string service_process::log() const {
    std::ifstream in(log_);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t service_process::peak_memory() const {
    std::ifstream in("/proc/" + std::to_string(child_) + "/status");
    for (std::string word; in >> word;) {
        if (word == "VmHWM:") {
            std::size_t kibibytes = 0;
            in >> kibibytes;
            return kibibytes;
        }
    }
    throw std::runtime_error("no VmHWM");
}

} // namespace shop_test
