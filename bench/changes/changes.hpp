// SPDX-License-Identifier: BSL-1.0
// Ways to read the changes that a slot has kept: rows of five columns, as `row` has them.
#pragma once

#include "harness.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace bench {

struct changed {
    std::int64_t id;
    std::int32_t number;
    double share;
    std::string text;
    std::chrono::sys_time<std::chrono::microseconds> at;
};

inline constexpr const char* make_changes_table =
    "create table changes (id int8 primary key, number int4 not null, share float8 not null, text text not null, at timestamptz "
    "not null)";

/// PQgetCopyData, and the messages decoded by hand.
std::unique_ptr<subject> make_libpq_changes(const std::string& conninfo);
/// A replication_stream: rows into structs.
std::unique_ptr<subject> make_pgcoro_changes(const std::string& conninfo);
/// pg_recvlogical into /dev/null, with the output plugin wal2json. Null if the server does not have that.
std::unique_ptr<subject> make_recvlogical(const std::string& conninfo);

} // namespace bench
