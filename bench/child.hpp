// SPDX-License-Identifier: BSL-1.0
// Other programs that do a part of the work, and are waited for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bench {

/// Runs a program to its end. Throws unless it succeeds. Its CPU time is part of `measure` afterwards.
void run_child(const std::vector<std::string>& command);

/// The same, and gives what it prints.
std::string output_of_child(const std::vector<std::string>& command);

/// The path of another program of the benchmark.
std::filesystem::path sibling(const char* program);

} // namespace bench
