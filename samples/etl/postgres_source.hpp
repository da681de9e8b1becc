// SPDX-License-Identifier: BSL-1.0
// Rows of a query on a PostgreSQL server, by COPY.
#pragma once

#include "source.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/copy.hpp>

#include <string>

namespace etl {

/// Values come as the server prints them.
class postgres_source final : public source {
public:
    postgres_source(const source_settings& s, pgcoro::connect_config connection)
        : query_(s.query), config_(std::move(connection)) {}

    pgcoro::task<std::vector<std::string>> open() override;
    pgcoro::task<batch> read() override;

private:
    placed query_;
    pgcoro::connect_config config_;
    pgcoro::connection db_;
    pgcoro::copy_reader rows_;
    bool is_started_ = false;
    std::uint64_t row_ = 0;
};

} // namespace etl
