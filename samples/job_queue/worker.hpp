// SPDX-License-Identifier: BSL-1.0
// A worker of the queue.
#pragma once

#include <pgcoro/result.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace job_queue {

struct job {
    std::int64_t id;
    std::string task;
};

/// Does jobs as they come, one at a time. Ends with an error that a retry cannot cure, or that `handle` gives: the job stays in
/// the queue then.
pgcoro::task<> work(std::string dsn, std::function<pgcoro::task<>(const job&)> handle);

} // namespace job_queue
