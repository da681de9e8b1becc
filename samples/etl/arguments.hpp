// SPDX-License-Identifier: BSL-1.0
// The command line.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace etl {

/// What the program ends with. docs/etl.md lists them.
enum exit_code : int { done = 0, failed = 1, wrong_usage = 2, done_with_rejects = 3, too_many_rejected = 4 };

struct arguments {
    enum class command { run, check };

    command what = command::run;
    std::string file;
    std::string source;
    std::string target;
    std::string reject_file; // empty: NAME.rejects.csv in the current directory
    std::string log_file;
    std::uint64_t max_rejects = 0;
    std::uint64_t batch_rows = 100'000;
    unsigned patience = 60; // seconds
    bool is_dry = false;
    bool is_json = false;
};

/// The arguments, or the exit code after help or a complaint was printed.
std::variant<arguments, int> parse_arguments(int argc, char** argv);

} // namespace etl
