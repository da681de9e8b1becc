// SPDX-License-Identifier: BSL-1.0
// Where rows come from: a coroutine asks for the next batch.
#pragma once

#include "pipeline.hpp"
#include "row.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace etl {

class source {
public:
    source() = default;
    source(const source&) = delete;
    source& operator=(const source&) = delete;
    virtual ~source() = default;

    /// Gives the names of the columns. Reads no rows.
    virtual pgcoro::task<std::vector<std::string>> open() = 0;
    /// The next rows. Not to be called after the last batch.
    virtual pgcoro::task<batch> read() = 0;
    /// The bytes that there are to read, once it is open; 0 if nobody knows.
    virtual std::uint64_t size() const { return 0; }
    /// Once it is open: whether another source can begin at the first row again.
    virtual bool can_be_reopened() const { return true; }
};

/// A source as it is declared. `connection` is for PostgreSQL.
std::unique_ptr<source> make_source(const source_settings& s, const pgcoro::connect_config& connection);

} // namespace etl
