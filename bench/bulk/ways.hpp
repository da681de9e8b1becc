// SPDX-License-Identifier: BSL-1.0
// The ways to write rows into a table with pgcoro.
#pragma once

#include "../workload.hpp"

#include <pgcoro/connection.hpp>

#include <boost/asio/awaitable.hpp>

#include <span>
#include <vector>

namespace bench::bulk {

struct way {
    const char* name;
    /// Writes rows into `bench_copied`, on a connection without an open transaction, and commits.
    boost::asio::awaitable<void> (*write)(pgcoro::connection& db, std::span<const item> rows);
};

/// From the fastest to the slowest for many rows.
const std::vector<way>& ways();

} // namespace bench::bulk
