// SPDX-License-Identifier: BSL-1.0
// How much memory a test takes.
#pragma once

#include <cstddef>
#include <fstream>
#include <unistd.h>

namespace pgcoro::test {

/// What of this process is in memory, in bytes.
inline std::size_t resident() {
    std::ifstream statm("/proc/self/statm");
    std::size_t all = 0;
    std::size_t in_memory = 0;
    statm >> all >> in_memory;
    return in_memory * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace pgcoro::test
