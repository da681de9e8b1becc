// SPDX-License-Identifier: BSL-1.0
// One connection of a snapshot, on a thread of its own.
#pragma once

#include "common/helper_thread.hpp"
#include "mariadb/row_reader.hpp"
#include "source.hpp"

#include <memory>
#include <optional>
#include <string>

namespace migrate::mariadb {

class mariadb_reader final : public table_reader {
public:
    mariadb_reader(session s, settings how, bad_values on_bad_values)
        : session_(std::move(s)), settings_(std::move(how)), on_bad_values_(on_bad_values) {}
    /// Breaks the connection, so that a call on the thread ends, and nobody reads the rest of a table.
    ~mariadb_reader() override { session_.abort(); }

    pgcoro::task<> start(const table_plan& plan) override;
    pgcoro::task<row_batch> read() override;
    std::optional<table_sums> sums() const override;
    std::vector<replaced_values> replaced() const override;

private:
    pgcoro::result<> start_here(const table_plan& plan);
    pgcoro::result<row_batch> read_here();

    session session_;
    settings settings_;
    bad_values on_bad_values_;
    std::optional<row_reader> table_;
    std::string bytes_;
    common::helper_thread helper_; // the last one: it is joined first
};

} // namespace migrate::mariadb
