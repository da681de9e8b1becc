// SPDX-License-Identifier: BSL-1.0
// Statements that apply many changes of one kind at once: their parameters are arrays, one for each column, or they are COPY.
#pragma once

#include "conflict_policy.hpp"
#include "table_shape.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace data_sync {

struct array_statement {
    std::shared_ptr<const std::string> table; ///< its name, for messages
    change_kind kind = change_kind::insert;
    bool is_whole = true; ///< it has all columns
    std::string text;
    std::string copy_text;            ///< inserts many rows faster, by COPY in the binary format; empty: it cannot
    std::vector<std::size_t> columns; ///< of the new row; of a delete, those of the key, of the old row
    std::vector<std::uint32_t> types; ///< theirs
};

// Nothing if it cannot be made: the table has no key, or a column is of a type that has no number of its own. Whoever applies
// them must see that each has changed as many rows as were given.

std::optional<array_statement> array_insert(const table_shape& table);
/// Of rows whose key has not changed. `is_sent` has an element for each column.
std::optional<array_statement> array_update(const table_shape& table, const std::vector<bool>& is_sent);
std::optional<array_statement> array_delete(const table_shape& table);

} // namespace data_sync
