// SPDX-License-Identifier: BSL-1.0
// Chance, for delays and for the order of servers. Tests put their own numbers in its place.
#pragma once

#include <functional>
#include <random>

namespace pgcoro {

/// Numbers uniform in [0, 1).
inline std::function<double()> random_source() {
    return [engine = std::minstd_rand(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>()(engine);
    };
}

} // namespace pgcoro
