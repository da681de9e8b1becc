// SPDX-License-Identifier: BSL-1.0
// Moves one table, and compares it.
#pragma once

#include "bookkeeping.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "source.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>

#include <optional>
#include <string>

namespace migrate {

/// In one transaction: empties the table, copies all rows, and marks that as done. Errors: those of the reader and of the
/// server, with the name of the table; `failure::different` if the server has counted other rows than the source has given.
pgcoro::task<done_step> copy_table(const table_plan& t, table_reader& from, pgcoro::connection& to, const std::string& step,
                                   const std::string& snapshot, progress& p);

/// Compares the table at both sides. `known`: the sums of the source; without, `from` computes them at the same time as the
/// target does. `encoding`: of the target.
pgcoro::task<table_report> compare_table(const table_plan& t, table_reader* from, const std::optional<table_sums>& known,
                                         pgcoro::connection& to, const std::string& encoding);

/// The error, with the place in front of its message: "table shop.orders: ...".
pgcoro::error at(const std::string& place, const pgcoro::error& why);

} // namespace migrate
