// SPDX-License-Identifier: BSL-1.0
// Prints what subjects cost, and how those of pgcoro compare with those written by hand.
#pragma once

#include "harness.hpp"

#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace bench {

using costs_by_name = std::map<std::string, std::vector<cost>, std::less<>>;

/// What we promise: a ratio of medians, and the side of `limit` it should be on.
struct goal {
    enum measure { client_cpu, throughput };
    std::string ours;
    std::string theirs;
    measure of = client_cpu;
    std::optional<double> limit; // none: only to compare
};

/// One block of the table: subjects that answer the same question, and the goals among them.
struct block {
    std::string title;
    std::vector<std::string> subjects;
    std::vector<goal> goals;
};

/// The ratio in each round, ours to theirs; in throughput ours is the better the larger it is.
std::vector<double> ratios(const goal& g, const costs_by_name& costs);

std::string fixed(double value, int digits);
/// The quartiles: "(1.02 to 1.05)".
std::string range(const spread& s, int digits);

/// Gives whether every goal was met.
bool print(std::ostream& out, const std::vector<block>& table, const costs_by_name& costs);

} // namespace bench
