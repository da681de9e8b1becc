// SPDX-License-Identifier: BSL-1.0
// What is compared of a table: the same on both sides if its rows are the same, in whatever order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrate {

struct column_sums {
    std::uint64_t values = 0; // that are not null
    /// The sum of the hashes of the canonical texts, as a decimal number. Empty for `canonical_form::none`.
    std::string checksum;
    /// Of exact numbers: their sum without trailing zeros behind the point, NaN and infinities left out. Otherwise empty.
    std::string sum;
    /// Of the source: values that the type at the target has rounded or cut, and one of them.
    std::uint64_t changed = 0;
    std::string one_changed = {};

    friend bool operator==(const column_sums&, const column_sums&) = default;
};

/// Some rows as a whole, in canonical text.
using sample_row = std::vector<std::optional<std::string>>;

struct table_sums {
    std::uint64_t rows = 0;
    std::vector<column_sums> columns; // in the order of the plan
    /// The sum of a hash of each row: differs if values have changed places between rows, which no column notices.
    std::string row_checksum;
    std::vector<sample_row> sample; // of the source only
};

} // namespace migrate
