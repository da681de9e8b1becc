// SPDX-License-Identifier: BSL-1.0
// What moves through a pipeline: rows of text, and rows that were refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace etl {

/// One row. `line` is its line in a file, or its number in the result of a query, from 1. No two rows have the same.
struct row {
    std::uint64_t line = 0;
    std::vector<std::optional<std::string>> values;
};

/// Why a value, or a row if `column` is empty, cannot be loaded.
struct problem {
    std::string column;
    std::optional<std::string> value;
    std::string reason;
    std::string sqlstate; // if the server has refused it
};

struct reject {
    std::uint64_t line = 0;
    problem why;
};

/// Some rows of a source, in order, and the lines that are no rows.
struct batch {
    std::vector<row> rows;
    std::vector<reject> rejects;
    std::uint64_t bytes = 0; // of the source, that these rows took
    bool is_last = false;
};

} // namespace etl
