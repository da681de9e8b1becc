// SPDX-License-Identifier: BSL-1.0
// Names of indexes: in MariaDB they are unique within a table, in PostgreSQL within a schema.
#pragma once

#include <set>
#include <string>

namespace migrate::mariadb {

/// "orders_day_idx" of the index "day" of the table "orders", of at most 63 bytes, and of no two indexes the same. It is added
/// to `taken`.
std::string new_index_name(const std::string& table, const std::string& index, std::set<std::string>& taken);

} // namespace migrate::mariadb
