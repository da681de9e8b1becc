// SPDX-License-Identifier: BSL-1.0
// A table as its changes are applied: the columns that the source sends, as the target has them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace data_sync {

struct shape_column {
    std::string name;
    /// Of the target, in SQL, without length and precision.
    std::string type;
    /// It identifies a row, together with the other columns of the key.
    bool is_key = false;
    /// GENERATED ALWAYS AS IDENTITY: it can be inserted, and not updated.
    bool is_fixed = false;
    /// The number of its type in the source.
    std::uint32_t oid = 0;
};

struct table_shape {
    std::string schema;
    std::string name;
    std::vector<shape_column> columns;
    /// Nothing at the target can tell in which order changes of different rows come, and how many led to the last one.
    bool may_be_combined = false;
    /// COPY inserts the same as INSERT would.
    bool may_be_copied = false;

    /// Without one, whole rows are compared.
    bool has_key() const {
        return std::ranges::any_of(columns, [](const auto& c) { return c.is_key; });
    }
};

/// The name in double quotes. `name` is one that a server has given.
std::string quoted_name(std::string_view name);
/// The table's name in SQL.
std::string sql_name(std::string_view schema, std::string_view name);

} // namespace data_sync
