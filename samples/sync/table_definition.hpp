// SPDX-License-Identifier: BSL-1.0
// Tables as the catalogues of source and target describe them, and what keeps the one from being a copy of the other.
#pragma once

#include "table_shape.hpp"

#include <pgcoro/replicated_table.hpp>

#include <optional>
#include <string>
#include <vector>

namespace data_sync {

struct source_column {
    std::string name;
    std::string type;      ///< without length and precision
    std::string full_type; ///< with them
    /// Rows that were there before the column have this value, without being written: `alter table add column ... default`.
    std::optional<std::string> missing_value;
    std::optional<std::string> default_expression;
};

struct source_table {
    std::string schema;
    std::string name;
    std::vector<source_column> columns; ///< that are published
    bool identifies_rows = false;       ///< by a key, or REPLICA IDENTITY FULL
    std::vector<std::string> key;       ///< columns of the replica identity; empty if that is FULL
};

struct target_column {
    std::string name;
    std::string type;             ///< without length and precision
    std::string full_type;        ///< with them
    bool may_be_left_out = false; ///< it may be NULL, has a default, or is generated
    bool is_generated = false;
    bool is_fixed = false; ///< GENERATED ALWAYS AS IDENTITY
};

struct target_table {
    std::vector<target_column> columns;
    std::vector<std::string> primary_key;
    std::vector<std::vector<std::string>> unique_keys; ///< each in alphabetical order

    const target_column* find(const std::string& name) const;
};

/// Columns of the source that the target does not have.
std::vector<source_column> missing_columns(const source_table& source, const target_table& target);

/// What differs, and what to do about it; nothing if changes of the one can be applied to the other. `target`: null if there is
/// no such table.
std::vector<std::string> find_differences(const source_table& source, const target_table* target);

/// The statements that add a column of the source to the target. Nothing if its values in old rows are not known here.
std::optional<std::vector<std::string>> statements_to_add(const source_table& table, const source_column& column);

/// How changes of the stream's table are applied. Precondition: nothing differs.
table_shape make_shape(const pgcoro::replication::table& table, const target_table& target);

} // namespace data_sync
