// SPDX-License-Identifier: BSL-1.0
// Chance, for delays and for the order of servers. Tests put their own numbers in its place.
#pragma once

#include <functional>
#include <optional>
#include <random>

namespace pgcoro {

/// Numbers uniform in [0, 1). Asks for a seed when the first is wanted, as it mostly never is: in a virtual machine
/// `std::random_device` takes tens of microseconds, for it asks the processor what it can do.
inline std::function<double()> random_source() {
    return [engine = std::optional<std::minstd_rand>()]() mutable {
        if (!engine) {
            engine.emplace(std::random_device{}());
        }
        return std::uniform_real_distribution<double>()(*engine);
    };
}

} // namespace pgcoro
