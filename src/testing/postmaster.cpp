// SPDX-License-Identifier: BSL-1.0
#include "postmaster.hpp"

#include "failure.hpp"
#include "files.hpp"
#include "process.hpp"

#include <sys/shm.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <sstream>
#include <string>
#include <thread>

namespace pgcoro::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// Lines of postmaster.pid, from 0 (PostgreSQL's miscadmin.h numbers them from 1).
constexpr std::size_t pid_line = 0, shared_memory_line = 6, status_line = 7;

struct process_state {
    char letter = 'X';
    pid_t parent = 0;
};

// From /proc/<pid>/stat: "<pid> (<name>) <state> <parent> ...", where the name may hold anything.
process_state state_of(pid_t pid) {
    process_state state;
    const auto lines = lines_of("/proc/" + std::to_string(pid) + "/stat");
    const auto text = lines.empty() ? std::string() : lines.front();
    if (const auto name_end = text.rfind(')'); name_end != text.npos) {
        std::istringstream(text.substr(name_end + 1)) >> state.letter >> state.parent;
    }
    return state;
}

bool is_still(pid_t pid) {
    const char letter = state_of(pid).letter;
    return letter == 'T' || letter == 'Z' || letter == 'X';
}

template <class Condition>
bool wait_until(Condition condition, std::chrono::milliseconds limit) {
    const auto end = steady_clock::now() + limit;
    while (!condition()) {
        if (steady_clock::now() >= end) {
            return false;
        }
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

} // namespace

result<postmaster> postmaster::adopt(pid_t pid) {
    postmaster adopted;
    adopted.pid_ = pid;
    adopted.process_ = open_process(pid);
    if (!adopted.process_) {
        return system_failure(errno, "cannot watch the server's process");
    }
    return adopted;
}

bool postmaster::has_ended_within(std::chrono::milliseconds limit) const noexcept {
    return wait_readable(process_.get(), limit);
}

void postmaster::signal(int number) const noexcept { ::syscall(SYS_pidfd_send_signal, process_.get(), number, nullptr, 0); }

result<> postmaster::wait_ready(const std::filesystem::path& data_directory, std::chrono::milliseconds limit) const {
    const auto end = steady_clock::now() + limit;
    const auto self = std::to_string(pid_);
    while (!has_ended_within(5ms)) {
        const auto lines = lines_of(data_directory / "postmaster.pid");
        // A server that was killed leaves its file behind, so that it has to be about this one.
        if (lines.size() > status_line && lines[pid_line] == self && lines[status_line].starts_with("ready")) {
            return boost::outcome_v2::success();
        }
        if (steady_clock::now() >= end) {
            return error(errc::timed_out, "the server does not become ready");
        }
    }
    return unavailable("the server ended while it started");
}

std::vector<pid_t> postmaster::children() const {
    std::vector<pid_t> found;
    for (const auto& entry : entries_of("/proc")) {
        const auto name = entry.filename().string();
        pid_t pid = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (parsed.ec == std::errc() && parsed.ptr == name.data() + name.size() && state_of(pid).parent == pid_) {
            found.push_back(pid);
        }
    }
    return found;
}

result<> postmaster::pause() const {
    // First the postmaster: from then on there are no new children, and those that end keep their process ids.
    signal(SIGSTOP);
    bool still = wait_until([&] { return is_still(pid_); }, 10s);
    const auto family = children();
    for (const pid_t child : family) {
        ::kill(child, SIGSTOP);
    }
    still = wait_until([&] { return std::all_of(family.begin(), family.end(), is_still); }, 10s) && still;
    if (!still) {
        resume();
        return error(errc::timed_out, "the server's processes do not stop");
    }
    return boost::outcome_v2::success();
}

void postmaster::resume() const noexcept {
    for (const pid_t child : children()) {
        ::kill(child, SIGCONT);
    }
    signal(SIGCONT);
}

result<> postmaster::kill(const std::filesystem::path& data_directory) const {
    BOOST_OUTCOME_TRY(pause());
    std::vector<file_descriptor> family;
    for (const pid_t child : children()) {
        family.push_back(open_process(child));
        ::kill(child, SIGKILL);
    }
    signal(SIGKILL);
    bool gone = has_ended_within(10s);
    for (const auto& child : family) {
        gone = (!child || wait_readable(child.get(), 10s)) && gone;
    }
    if (!gone) {
        return error(errc::timed_out, "the server's processes do not die");
    }
    // Nobody is left to remove the System V segment that guards the data directory.
    if (const auto lines = lines_of(data_directory / "postmaster.pid"); lines.size() > shared_memory_line) {
        int key = 0, id = -1;
        if (std::istringstream(lines[shared_memory_line]) >> key >> id) {
            ::shmctl(id, IPC_RMID, nullptr);
        }
    }
    return boost::outcome_v2::success();
}

} // namespace pgcoro::testing
