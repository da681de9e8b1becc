// SPDX-License-Identifier: BSL-1.0
// Compares the sums of a table at the source and at the target. No I/O.
#pragma once

#include "plan.hpp"
#include "table_sums.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrate {

struct difference {
    std::string column; // empty: of the table
    std::string what;   // "rows", "values", "checksum", "sum", "values of a row"
    std::string source;
    std::string target;
};

std::vector<difference> compare(const table_plan& t, const table_sums& source, const table_sums& target);

/// The numbers of the columns by which the sample's rows are found at the target; empty if it has no key, or one of values that
/// are not compared by their text.
std::vector<std::size_t> sample_key(const table_plan& t);

/// Without the rows whose key has a NULL, which cannot be found by it.
std::vector<sample_row> rows_with_key(const std::vector<sample_row>& sample, const std::vector<std::size_t>& key);

/// The query for rows of the target with the keys of these rows. At least one of them must have a key.
std::string sample_query(const table_plan& t, const std::vector<std::size_t>& key, const std::vector<sample_row>& sample);

/// Columns that cannot be compared are skipped. At most ten differences are listed.
std::vector<difference> compare_sample(const table_plan& t, const std::vector<std::size_t>& key,
                                       const std::vector<sample_row>& source, const std::vector<sample_row>& target);

} // namespace migrate
