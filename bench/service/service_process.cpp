// SPDX-License-Identifier: BSL-1.0
#include "service_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <system_error>

namespace bench::service {
namespace {

constexpr int patience_ms = 60'000;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::system_category(), what); }

std::string read_line(int from) {
    std::string line;
    for (char c = 0; ::read(from, &c, 1) == 1 && c != '\n';) {
        line += c;
    }
    return line;
}

/// The first thousand bytes of what a child has written to its log.
std::string head_of(std::FILE* log) {
    std::string text(1000, '\0');
    std::rewind(log);
    text.resize(std::fread(text.data(), 1, text.size(), log));
    return text;
}

/// True if it has ended within so many milliseconds.
bool ends_within(pid_t child, int milliseconds) {
    const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, child, 0)); // glibc 2.36 declares it for C only
    if (handle < 0) {
        return false;
    }
    pollfd end{handle, POLLIN, 0};
    const bool has_ended = ::poll(&end, 1, milliseconds) == 1;
    ::close(handle);
    return has_ended;
}

} // namespace

std::optional<greeting> read_greeting(std::string_view line) {
    constexpr std::string_view before = "listening on http://";
    const auto at = line.find(before);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const auto rest = line.substr(at + before.size());
    const auto url = rest.substr(0, rest.find(' '));
    const auto colon = url.rfind(':');
    boost::system::error_code failed;
    const auto host = boost::asio::ip::make_address(std::string(url.substr(0, colon)), failed);
    std::uint16_t port = 0;
    if (failed || colon == std::string_view::npos ||
        std::from_chars(url.data() + colon + 1, url.data() + url.size(), port).ec != std::errc{} || port == 0) {
        return std::nullopt;
    }
    greeting found{{host, port}, {}};
    if (const auto versions = rest.substr(url.size()); versions.starts_with(" (") && versions.ends_with(")")) {
        found.versions = versions.substr(2, versions.size() - 3);
    }
    return found;
}

std::unique_ptr<service_process> service_process::start(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const auto& word : command) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    // Each request that fails is a line of a service's log. It is of interest only if the service does not start.
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> log(std::tmpfile(), std::fclose);
    int out[2]{};
    if (!log || ::pipe2(out, O_CLOEXEC) != 0) {
        fail("no file or pipe");
    }
    const pid_t child = ::fork();
    if (child < 0) {
        fail("fork");
    }
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(::fileno(log.get()), STDERR_FILENO);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(out[1]);
    std::unique_ptr<service_process> made(new service_process(child, out[0]));
    if (auto hello = read_greeting(read_line(out[0]))) {
        made->hello_ = std::move(*hello);
        return made;
    }
    int status = 0;
    if (ends_within(child, patience_ms) && ::waitpid(child, &status, 0) == child) {
        made->child_ = 0;
    }
    if (made->child_ == 0 && WIFEXITED(status) && WEXITSTATUS(status) == not_installed) {
        return nullptr;
    }
    throw std::runtime_error(command.front() + " did not start: " + head_of(log.get()));
}

service_process::~service_process() {
    if (child_ != 0) {
        ::kill(child_, SIGTERM);
        if (!ends_within(child_, patience_ms)) {
            std::cerr << "a service did not end within a minute after SIGTERM, and is killed\n";
            ::kill(child_, SIGKILL);
        }
        ::waitpid(child_, nullptr, 0);
    }
    ::close(output_);
}

std::chrono::nanoseconds service_process::cpu() const {
    clockid_t clock = 0;
    timespec used{};
    if (const int failed = ::clock_getcpuclockid(child_, &clock)) {
        errno = failed;
        fail("clock_getcpuclockid");
    }
    if (::clock_gettime(clock, &used) != 0) {
        fail("clock_gettime");
    }
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

void service_process::check() const {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0) {
        throw std::runtime_error("a service has ended by itself");
    }
}

} // namespace bench::service
