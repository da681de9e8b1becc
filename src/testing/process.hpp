// SPDX-License-Identifier: BSL-1.0
// Runs other programs as the user the server runs as.
#pragma once

#include "account.hpp"
#include "file_descriptor.hpp"

#include <pgcoro/result.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace pgcoro::testing {

struct command {
    /// The program (a path, or a name looked up in PATH) and its arguments.
    std::vector<std::string> arguments;
    /// What it reads from its standard input.
    std::string input = {};
    std::chrono::milliseconds limit = std::chrono::seconds(120);
};

struct command_output {
    /// The exit status, or 128 and the signal's number.
    int status = 0;
    std::string out;
    std::string err;
};

/// Runs a program to its end. That it failed is no error here: see `status`.
result<command_output> run(const command& what, const account& who);

/// Runs a program and gives what it printed; an exit status other than 0 is an error that quotes what it complained about.
result<std::string> run_successfully(const command& what, const account& who);

/// Starts a program that outlives us: in a session of its own, not our child, with `input` as standard input and nothing else
/// of ours.
result<> run_detached(const std::vector<std::string>& arguments, const account& who, int input);

/// A descriptor that is readable when the process has ended.
file_descriptor open_process(pid_t pid) noexcept;

/// Whether a descriptor became readable in time.
bool wait_readable(int fd, std::chrono::milliseconds limit) noexcept;

} // namespace pgcoro::testing
