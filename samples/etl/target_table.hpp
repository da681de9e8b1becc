// SPDX-License-Identifier: BSL-1.0
// The table that rows are loaded into.
#pragma once

#include "mistake.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace etl {

struct target_column {
    std::string name;
    std::string type; // without its modifiers: a cast to varchar(3) would cut values without a word
    bool is_required = false;
};

struct target_table {
    std::string name;   // as the pipeline file has it
    std::string quoted; // as SQL has it
    std::vector<target_column> columns;

    /// Null if there is none.
    const target_column* find(std::string_view column) const;
};

/// A name as SQL has it. It must be valid: see `is_name`.
std::string quote_name(std::string_view name);
/// Whether it can name something: UTF-8 of 1 to 63 bytes without NUL.
bool is_name(std::string_view name);

/// Asks the server about the table, whose name may have a schema before a dot. Errors: `failure::bad_pipeline`.
pgcoro::task<target_table> describe_target(pgcoro::connection& db, const placed& table);

} // namespace etl
