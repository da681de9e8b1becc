// SPDX-License-Identifier: BSL-1.0
// What is left open.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <thread>

namespace pgcoro::test {

/// How many descriptors this process has open.
inline std::ptrdiff_t open_descriptors() {
    using iterator = std::filesystem::directory_iterator;
    return std::distance(iterator("/proc/self/fd"), iterator());
}

/// The same, once there are `expected`, or after a while. Where libpq can only block, cancel requests are made by a thread that
/// may close the last of them a little after the session has gone.
inline std::ptrdiff_t descriptors_left(std::ptrdiff_t expected) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (open_descriptors() != expected && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    return open_descriptors();
}

} // namespace pgcoro::test
