// SPDX-License-Identifier: BSL-1.0
// Reads a table into the bytes of COPY. Its calls block.
#pragma once

#include "mariadb/bad_value.hpp"
#include "mariadb/select_query.hpp"
#include "mariadb/session.hpp"
#include "mariadb/value_converter.hpp"
#include "row_encoder.hpp"
#include "source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrate::mariadb {

/// One table, from its first row to its last. `session` and `plan` must outlive it.
class row_reader {
public:
    row_reader(session& from, const table_plan& plan, const settings& s, bad_values on_bad_values);

    pgcoro::result<> start();
    /// Some hundred KiB of rows; none at the end.
    pgcoro::result<> read(std::string& bytes, std::uint64_t& rows);

    std::optional<table_sums> sums() const { return encoder_.sums(); }
    std::vector<replaced_values> replaced() const;

private:
    pgcoro::result<> add_row(std::span<const field> values);
    pgcoro::result<> add_value(std::size_t at, std::span<const field> values);
    converted convert(std::size_t at, std::span<const field> values);

    session& from_;
    const table_plan& plan_;
    settings settings_;
    bad_values on_bad_values_;
    select_query query_;
    row_name name_;
    row_encoder encoder_;
    std::vector<value_converter> converters_;
    std::vector<replaced_values> replaced_; // of each column
    std::uint64_t row_ = 0;
    bool is_at_end_ = false;
};

} // namespace migrate::mariadb
