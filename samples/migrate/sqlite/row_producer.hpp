// SPDX-License-Identifier: BSL-1.0
// Reads a table of SQLite and makes the bytes of COPY. All calls block.
#pragma once

#include "database.hpp"
#include "loose_values.hpp"
#include "row_encoder.hpp"
#include "source.hpp"

#include <pgcoro/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrate::sqlite {

/// Some rows; none at the end, but what is known then.
struct produced_rows {
    std::string bytes;
    std::uint64_t rows = 0;
    std::optional<table_sums> sums;
    std::vector<replaced_values> replaced;
};

class row_producer {
public:
    /// `plan` and `db` must outlive it.
    static pgcoro::result<row_producer> start(database& db, const table_plan& plan, bad_values on_bad_values);

    /// Errors: `failure::bad_value`, `failure::bad_source`.
    pgcoro::result<produced_rows> next();

private:
    row_producer(statement rows, const table_plan& plan, bad_values on_bad_values);

    pgcoro::result<> add_row();
    /// "row 12 (id 7)"
    std::string describe_row() const;

    statement rows_;
    const table_plan* plan_;
    bad_values on_bad_values_;
    row_encoder encoder_;
    std::vector<value_rule> rules_;
    std::vector<std::size_t> key_; // numbers of the key's columns
    std::vector<replaced_values> replaced_;
    std::uint64_t row_ = 0;
    bool is_over_ = false;
};

} // namespace migrate::sqlite
