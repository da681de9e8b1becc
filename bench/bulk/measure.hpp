// SPDX-License-Identifier: BSL-1.0
// Writes different numbers of rows in all ways, in turns.
#pragma once

#include "ways.hpp"

#include "../harness.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bench::bulk {

struct plan {
    std::vector<std::size_t> sizes{10, 100, 1'000, 10'000, 100'000};
    int rounds = 7;
};

/// What a row costs, by way and by size: medians of the rounds. There must be as many rows as the largest size.
std::vector<std::vector<cost>> measure_all(const plan& p, const std::string& conninfo, const std::vector<item>& rows);

} // namespace bench::bulk
