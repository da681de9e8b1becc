// SPDX-License-Identifier: BSL-1.0
// Compares the tables of source and target: before the start, and when the definition of a table changes in the stream.
#pragma once

#include "journal.hpp"
#include "options.hpp"
#include "table_definition.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

#include <string>
#include <vector>

namespace data_sync {

/// All differences between the published tables and those of the target.
pgcoro::task<std::vector<std::string>> compare_tables(std::vector<source_table> tables, pgcoro::connection& target);

/// How to apply changes of a table that the stream describes. With `--ddl follow`, new columns are added to the target in `tx`.
///
/// Errors: `failure::schema_changed`.
pgcoro::task<table_shape> plan_table(const options& o, journal& j, pgcoro::transaction& tx,
                                     const pgcoro::replication::table& table);

} // namespace data_sync
