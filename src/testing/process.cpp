// SPDX-License-Identifier: BSL-1.0
#include "process.hpp"

#include "failure.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

extern "C" char** environ;

namespace pgcoro::testing {
namespace {

using std::chrono::steady_clock;

// Everything the child needs, made before the fork: after it only async-signal-safe calls are allowed, because another thread
// may have held any lock.
struct launch {
    std::vector<std::string> environment;
    std::vector<char*> arguments, variables;
    account who;
    int input, output, errors, report;
    bool detached;
};

std::vector<std::string> clean_environment(const account& who) {
    std::vector<std::string> kept;
    for (char** variable = environ; *variable; ++variable) {
        const std::string_view text = *variable;
        // PGHOST, PGDATA and their like would change what the server's programs do, a locale what they print.
        if (!text.starts_with("PG") && !text.starts_with("LC_") && !text.starts_with("LANG") && !text.starts_with("TZ=")) {
            kept.emplace_back(text);
        }
    }
    kept.insert(kept.end(), {"LC_ALL=C", "TZ=UTC"});
    if (who.switches) {
        std::erase_if(kept, [](const std::string& variable) { return variable.starts_with("HOME="); });
        kept.push_back("HOME=/"); // ours is closed to that user
    }
    return kept;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> all;
    for (const auto& s : strings) {
        all.push_back(const_cast<char*>(s.c_str()));
    }
    all.push_back(nullptr);
    return all;
}

// The raw system calls, because the C library's would change the identity of threads that do not exist in the child.
bool become(const account& who) noexcept {
    return !who.switches ||
           (::syscall(SYS_setgroups, 1, &who.gid) == 0 && ::syscall(SYS_setresgid, who.gid, who.gid, who.gid) == 0 &&
            ::syscall(SYS_setresuid, who.uid, who.uid, who.uid) == 0);
}

void close_on_exec_from(unsigned first) noexcept {
    if (::syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
        for (int fd = static_cast<int>(first); fd < 4096; ++fd) {
            ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        }
    }
}

void restore_signals() noexcept {
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL);
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become_program(const launch& l) noexcept {
    restore_signals();
    ::setsid(); // no signals from a terminal, and one group to end when it takes too long
    if (l.detached) {
        const pid_t second = ::fork();
        if (second != 0) {
            ::_exit(second < 0 ? 127 : 0);
        }
    }
    if (become(l.who) && ::chdir("/") == 0 && ::dup2(l.input, 0) == 0 && ::dup2(l.output, 1) == 1 && ::dup2(l.errors, 2) == 2) {
        close_on_exec_from(3);
        ::execvpe(l.arguments[0], l.arguments.data(), l.variables.data());
    }
    const int reason = errno;
    [[maybe_unused]] const auto written = ::write(l.report, &reason, sizeof reason);
    ::_exit(127);
}

// Above the standard ones, which the child overwrites.
file_descriptor above_standard(int fd) noexcept { return file_descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 3)); }

file_descriptor memory_file(std::string_view contents) noexcept {
    const file_descriptor made(::memfd_create("pgcoro", MFD_CLOEXEC));
    for (std::size_t done = 0; made && done < contents.size();) {
        const auto n = ::write(made.get(), contents.data() + done, contents.size() - done);
        if (n <= 0) {
            return {};
        }
        done += static_cast<std::size_t>(n);
    }
    ::lseek(made.get(), 0, SEEK_SET);
    return above_standard(made.get());
}

std::string contents_of(int fd) {
    std::string all;
    char block[4096];
    for (ssize_t n; (n = ::pread(fd, block, sizeof block, static_cast<off_t>(all.size()))) > 0;) {
        all.append(block, static_cast<std::size_t>(n));
    }
    return all;
}

int exit_status(pid_t child) noexcept {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return 255; // somebody else waited for our child
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Gives the child once it runs the program, or why it could not.
result<pid_t> start(const std::vector<std::string>& arguments, const account& who, int input, int output, int errors,
                    bool detached) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return system_failure(errno, "cannot make a pipe");
    }
    const file_descriptor failure(ends[0]);
    file_descriptor low_report(ends[1]);
    file_descriptor report = above_standard(low_report.get());
    low_report.close();

    launch l{clean_environment(who), pointers(arguments), {}, who, input, output, errors, report.get(), detached};
    l.variables = pointers(l.environment);

    // No handler of ours may run in the child.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t child = ::fork();
    if (child == 0) {
        become_program(l);
    }
    const int fork_error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (child < 0) {
        return system_failure(fork_error, "cannot start " + arguments[0]);
    }

    // The program's start closes the other end; nothing to read means that it worked.
    report.close();
    int reason = 0;
    ssize_t got = 0;
    do {
        got = ::read(failure.get(), &reason, sizeof reason);
    } while (got < 0 && errno == EINTR);
    if (got == sizeof reason) {
        exit_status(child);
        return system_failure(reason, "cannot start " + arguments[0] + (who.switches ? " as user " + who.name : ""));
    }
    return child;
}

} // namespace

file_descriptor open_process(pid_t pid) noexcept {
    return file_descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

bool wait_readable(int fd, std::chrono::milliseconds limit) noexcept {
    const auto end = steady_clock::now() + limit;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now()).count();
        pollfd waiting{fd, POLLIN, 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(left > 0 ? left : 0));
        if (ready > 0) {
            return true;
        }
        if (ready == 0 && left <= 0) {
            return false;
        }
    }
}

result<command_output> run(const command& what, const account& who) {
    const auto input = memory_file(what.input), output = memory_file({}), errors = memory_file({});
    if (!input || !output || !errors) {
        return system_failure(errno, "cannot make a memory file");
    }
    BOOST_OUTCOME_TRY(const pid_t child, start(what.arguments, who, input.get(), output.get(), errors.get(), false));
    const auto process = open_process(child);
    const bool ended = process && wait_readable(process.get(), what.limit);
    if (!ended) {
        ::kill(-child, SIGKILL);
    }
    const int status = exit_status(child);
    if (!process) {
        return unavailable("the test kit needs Linux 5.3 or newer (pidfd_open)");
    }
    if (!ended) {
        return error(errc::timed_out, what.arguments[0] + " took too long");
    }
    return command_output{status, contents_of(output.get()), contents_of(errors.get())};
}

result<std::string> run_successfully(const command& what, const account& who) {
    BOOST_OUTCOME_TRY(auto done, run(what, who));
    if (done.status != 0) {
        return unavailable(what.arguments[0] + " failed with status " + std::to_string(done.status) + ":\n" + done.err);
    }
    return std::move(done.out);
}

result<> run_detached(const std::vector<std::string>& arguments, const account& who, int input) {
    const file_descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const auto low = above_standard(input), quiet = above_standard(nothing.get());
    if (!low || !quiet) {
        return system_failure(errno, "cannot open /dev/null");
    }
    BOOST_OUTCOME_TRY(const pid_t child, start(arguments, who, low.get(), quiet.get(), quiet.get(), true));
    exit_status(child);
    return boost::outcome_v2::success();
}

} // namespace pgcoro::testing
