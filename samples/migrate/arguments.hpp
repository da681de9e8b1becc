// SPDX-License-Identifier: BSL-1.0
// The command line.
#pragma once

#include "migration_plan.hpp"
#include "source.hpp"

#include <string>
#include <variant>
#include <vector>

namespace migrate {

/// What the program ends with. docs/migrate.md lists them.
enum exit_code : int { done = 0, failed = 1, wrong_usage = 2, differences = 3, refused = 4 };

struct arguments {
    enum class command { plan, run, validate };

    command what = command::plan;
    std::string source;
    std::string target; // empty: from the environment
    std::string mapping_file;
    std::vector<std::string> mappings; // "table.column=type"
    std::vector<std::string> skipped;
    std::vector<std::string> left_out;
    std::string schema;
    source_options reading;
    std::string html_file;
    std::string json_file;
    std::string log_file;
    unsigned jobs = 4;
    unsigned patience = 60;     // seconds
    unsigned sample_rows = 100; // of each table
    bool is_restart = false;
    bool allows_mixed = false;
    bool is_unchecked = false;
    bool is_unanalyzed = false;
    bool is_json = false;
};

/// The arguments, or the exit code after help or a complaint was printed.
std::variant<arguments, int> parse_arguments(int argc, const char* const* argv);

} // namespace migrate
