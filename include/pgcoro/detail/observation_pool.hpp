// SPDX-License-Identifier: BSL-1.0
// The observations of requests that are over, kept for the next ones.
#pragma once

#include <cstddef>

namespace pgcoro::detail {

class observation;

/// Those in it are made already: to begin one anew costs less than to construct it.
class observation_pool {
public:
    /// Beyond that, observations are the heap's.
    static constexpr std::size_t most = 1024;

    observation_pool() noexcept = default;
    observation_pool(const observation_pool&) = delete;
    observation_pool& operator=(const observation_pool&) = delete;
    ~observation_pool();

private:
    friend class observation;

    observation* spare_ = nullptr; // the first, which knows the next
    std::size_t made_ = 0;
};

} // namespace pgcoro::detail
