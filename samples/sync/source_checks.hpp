// SPDX-License-Identifier: BSL-1.0
// What the source lacks, found before anything is begun.
#pragma once

#include "options.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace data_sync {

struct source_facts {
    std::string wal_level;
    bool may_replicate = false; ///< the role has REPLICATION, or is a superuser
    std::int64_t max_slots = 0;
    std::int64_t slots = 0;
    std::int64_t own_slots = 0; ///< of these, the ones that are there already for the targets
    std::int64_t max_senders = 0;
    std::int64_t senders = 0;
};

/// What is wrong, and what to do about it, for so many targets.
std::vector<std::string> find_obstacles(const source_facts& facts, std::size_t targets);

/// Checks the source, and creates the publication if it is to be created.
///
/// Errors: `failure::not_ready`, with everything that is wrong.
pgcoro::task<> prepare_source(const options& o);

} // namespace data_sync
