// SPDX-License-Identifier: BSL-1.0
// What all threads share.
#pragma once

#include "journal.hpp"
#include "measurements.hpp"

#include <pgcoro/slow_query_plans.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

namespace shop {

class worker;

struct service_state {
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    std::atomic<bool> is_stopping = false;
    error_journal errors;
    std::shared_ptr<slow_statements> slow;
    std::shared_ptr<pgcoro::slow_query_plans> plans;
    measurements measured;
    /// Fixed before the first request.
    std::vector<std::unique_ptr<worker>> workers;
};

} // namespace shop
