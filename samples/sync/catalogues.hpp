// SPDX-License-Identifier: BSL-1.0
// Reads what <table_definition.hpp> compares from the servers' catalogues.
#pragma once

#include "table_definition.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

#include <optional>
#include <string>
#include <vector>

namespace data_sync {

/// The tables of a publication, as they are published.
pgcoro::task<std::vector<source_table>> read_published_tables(pgcoro::connection& source, std::string publication);

/// Nothing if there is no such table. In a transaction that has changed it, the table as changed. Names of types come with
/// their schemas if `search_path` is empty.
pgcoro::task<std::optional<target_table>> read_target_table(pgcoro::connection& target, std::string schema, std::string name);
pgcoro::task<std::optional<target_table>> read_target_table(pgcoro::transaction& target, std::string schema, std::string name);

} // namespace data_sync
