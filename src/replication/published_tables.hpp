// SPDX-License-Identifier: BSL-1.0
// Which tables are published, and what of them.
#pragma once

#include <pgcoro/connection.hpp>
#include <pgcoro/initial_copy.hpp>

#include <string>
#include <vector>

namespace pgcoro::replication {

/// The largest first. `binary`: the format of the stream that follows the copy.
task<std::vector<published_table>> published_tables(transaction& tx, const std::vector<std::string>& publications, bool binary);

} // namespace pgcoro::replication
