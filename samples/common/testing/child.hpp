// SPDX-License-Identifier: BSL-1.0
// Runs a program as its users do, in a folder of its own, for tests.
#pragma once

#include <boost/json/object.hpp>

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace common::testing {

struct outcome {
    int exit_code = -1; // -1: ended by a signal
    std::string out;
    std::string err;

    bool err_has(const std::string& text) const { return err.find(text) != std::string::npos; }
    bool out_has(const std::string& text) const { return out.find(text) != std::string::npos; }
    /// The last line of the output that is an event of this kind; of a run with --json.
    boost::json::object event(std::string_view kind) const;
};

/// Removes the folder at the end. A program that was started must be waited for before.
class folder {
public:
    folder();
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder();

    std::string path(const std::string& name) const { return (path_ / name).string(); }
    std::string write(const std::string& name, const std::string& text) const;
    std::string read(const std::string& name) const;

    outcome call(const std::string& program, std::vector<std::string> arguments) const;
    /// Starts it, and does not wait. Its output goes to the files `out` and `err`.
    pid_t start(const std::string& program, std::vector<std::string> arguments) const;
    /// Also false of one that has ended and was not waited for.
    static bool is_running(pid_t child);
    outcome wait(pid_t child) const;

private:
    std::filesystem::path path_;
};

} // namespace common::testing
