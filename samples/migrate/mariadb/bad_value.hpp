// SPDX-License-Identifier: BSL-1.0
// What is done about a value that cannot be converted, and how it is told.
#pragma once

#include "mariadb/session.hpp"
#include "mariadb/value_converter.hpp"
#include "source.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace migrate::mariadb {

/// Whether NULL takes the value's place. Otherwise the table is not migrated.
bool becomes_null(const defect& d, const column_plan& c, zero_dates dates, bad_values values);

/// A row for people: "id = 7", or "row 12" of a table without a primary key.
class row_name {
public:
    explicit row_name(const table_plan& plan);
    std::string of(std::span<const field> values, std::uint64_t number) const;

private:
    std::vector<std::pair<std::string, std::size_t>> key_;
};

/// "id = 7: the value "0000-00-00" is not a date"
std::string describe_bad_value(const std::string& row, std::string_view value, const defect& d);

} // namespace migrate::mariadb
