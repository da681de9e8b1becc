// SPDX-License-Identifier: BSL-1.0
// The statements that apply changes to a target. They are made once for each table, and for each set of columns that updates
// send; the values are parameters.
#pragma once

#include "conflict_policy.hpp"
#include "table_shape.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace data_sync {

/// The parameters are values of the new row, and then of the row as it was before.
struct apply_statement {
    std::string text;
    std::vector<std::size_t> of_new; ///< columns
    std::vector<std::size_t> of_old;
    /// An update that inserts a row which is not there: its command tag counts these.
    bool inserts_missing = false;
};

apply_statement insert_statement(const table_shape& table, conflict_policy policy);

/// `is_sent` has an element for each column: an update leaves out large values that it has not changed. `has_old`: the row as
/// it was before is known, at least its key; otherwise the key has not changed.
///
/// Under `overwrite`, a row that is missing is inserted, unless a value was not sent.
apply_statement update_statement(const table_shape& table, conflict_policy policy, const std::vector<bool>& is_sent,
                                 bool has_old);

apply_statement delete_statement(const table_shape& table);

/// `tables`: their names in SQL. They are truncated together, as foreign keys may require. Never with CASCADE: the source sends
/// all published tables that it has truncated, and a table that only the target has must not be emptied.
std::string truncate_statement(const std::vector<std::string>& tables, bool restart_identity);

} // namespace data_sync
