// SPDX-License-Identifier: BSL-1.0
// Reads tables of PostgreSQL with COPY.
#pragma once

#include "source.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/copy.hpp>
#include <pgcoro/transaction.hpp>

namespace migrate {

class postgres_reader final : public table_reader {
public:
    /// `tx` sees the snapshot, in a session with `canonical_settings`.
    /// `encoding` is that of the database.
    postgres_reader(pgcoro::connection db, pgcoro::transaction tx, std::string encoding)
        : db_(std::move(db)), tx_(std::move(tx)), encoding_(std::move(encoding)) {}

    pgcoro::task<> start(const table_plan& plan) override;
    pgcoro::task<row_batch> read() override;
    std::optional<table_sums> sums() const override { return std::nullopt; }
    pgcoro::task<table_sums> sum_up(const table_plan& plan) override;

private:
    pgcoro::task<> count_changes(const table_plan& plan, table_sums& sums);
    pgcoro::task<std::vector<sample_row>> sample(const table_plan& plan, std::uint64_t rows);

    pgcoro::connection db_;
    pgcoro::transaction tx_;
    std::string encoding_;
    pgcoro::copy_reader rows_;
    std::uint64_t rows_before_ = 0;
};

} // namespace migrate
