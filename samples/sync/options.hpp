// SPDX-License-Identifier: BSL-1.0
// What the program is to do.
#pragma once

#include "conflict_policy.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace data_sync {

struct target_option {
    std::string name;
    std::string dsn;
};

struct options {
    std::string name = "sync";
    std::string source; ///< a connection string, as that of a target; empty: from the environment
    std::string publication;
    std::vector<std::string> tables; ///< SCHEMA.TABLE: of a publication to create
    bool has_all_tables = false;
    std::vector<target_option> targets;

    conflict_policy conflicts = conflict_policy::error;
    bool follows_ddl = false;
    std::optional<std::uint64_t> max_lag; ///< bytes of log that a target may be behind
    bool copies = true;                   ///< the rows that are there at the start, too
    bool truncates = false;               ///< empties the target's tables before it copies
    std::vector<std::string> copy_again;  ///< targets
    bool ends_when_copied = false;
    bool ends_when_current = false;

    std::size_t copy_connections = 4;
    std::size_t batch = 5000;    ///< changes that are committed together, when there are many small transactions
    std::size_t in_flight = 512; ///< statements that wait for their answers
    std::chrono::milliseconds answer_timeout{60'000};
    std::chrono::milliseconds longest_delay{10'000}; ///< between attempts
    std::string http;                                ///< ADDRESS:PORT of the page; empty: none
    bool is_json = false;

    std::string slot_of(const target_option& t) const { return name + "_" + t.name; }
};

} // namespace data_sync
