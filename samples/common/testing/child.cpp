// SPDX-License-Identifier: BSL-1.0
#include "child.hpp"

#include <boost/json/parse.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace common::testing {

boost::json::object outcome::event(std::string_view kind) const {
    std::istringstream lines(out);
    boost::json::object found;
    for (std::string line; std::getline(lines, line);) {
        auto object = boost::json::parse(line).as_object();
        if (object.at("event").as_string() == kind) {
            found = std::move(object);
        }
    }
    return found;
}

folder::folder() {
    std::string name = (std::filesystem::temp_directory_path() / "pgcoro_sample.XXXXXX").string();
    path_ = ::mkdtemp(name.data());
}

folder::~folder() { std::filesystem::remove_all(path_); }

std::string folder::write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path(name);
}

std::string folder::read(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

outcome folder::call(const std::string& program, std::vector<std::string> arguments) const {
    return wait(start(program, std::move(arguments)));
}

pid_t folder::start(const std::string& program, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), program);
    std::vector<char*> words;
    for (std::string& a : arguments) {
        words.push_back(a.data());
    }
    words.push_back(nullptr);
    const std::string out = path("out");
    const std::string err = path("err");
    const pid_t child = ::fork();
    if (child == 0) {
        constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC;
        if (::dup2(::open(out.c_str(), flags, 0600), STDOUT_FILENO) >= 0 &&
            ::dup2(::open(err.c_str(), flags, 0600), STDERR_FILENO) >= 0 && ::chdir(path_.c_str()) == 0) {
            ::execv(program.c_str(), words.data());
        }
        ::_exit(127);
    }
    return child;
}

bool folder::is_running(pid_t child) {
    siginfo_t ended{};
    return ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0;
}

outcome folder::wait(pid_t child) const {
    int status = 0;
    ::waitpid(child, &status, 0);
    outcome o;
    o.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    o.out = read("out");
    o.err = read("err");
    return o;
}

} // namespace common::testing
