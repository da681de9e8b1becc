// SPDX-License-Identifier: BSL-1.0
// The tables of a target as they were when its slot was created.
#pragma once

#include "journal.hpp"
#include "options.hpp"
#include "table_definition.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/initial_copy.hpp>
#include <pgcoro/result.hpp>

#include <functional>
#include <string>
#include <vector>

namespace data_sync {

/// What `copy_tables` has to know.
struct copy_plan {
    const options* all = nullptr;
    target_option target;
    std::string slot;
    bool may_have_rows = false; ///< what is there is of a copy that did not end, or may be removed
    bool has_slot = false;      ///< one of a copy that did not end may be there
};

/// Checks that nothing is lost: the tables fit, and are empty if they must be.
///
/// Errors: `failure::not_ready`, with everything that is wrong.
pgcoro::task<std::vector<source_table>> check_tables(pgcoro::connection& target, copy_plan plan);

/// Creates the slot and copies the tables. Gives the position from which on changes are to be applied.
pgcoro::task<pgcoro::lsn> copy_tables(pgcoro::connection& target, copy_plan plan, std::vector<source_table> tables,
                                      std::function<void(const pgcoro::initial_copy_progress&)> on_progress);

} // namespace data_sync
