// SPDX-License-Identifier: BSL-1.0
// Several workers that share a queue.
#pragma once

#include "source.hpp"
#include "work_queue.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace migrate {

/// What a worker has: a session at the target, and perhaps a reader of the source.
struct worker {
    pgcoro::connection target;
    std::unique_ptr<table_reader> reader; // null if the source has fewer readers than there are workers
};

using work_function = std::function<pgcoro::task<>(std::size_t item, worker& w)>;

/// Does all items. The first failure cancels the other workers, and is the result. `queue`, `workers` and `work` must live
/// until then.
pgcoro::task<> run_workers(work_queue& queue, std::vector<worker>& workers, const work_function& work);

} // namespace migrate
