// SPDX-License-Identifier: BSL-1.0
// Rows of a query on an SQLite database, which is opened only for reading.
#pragma once

#include "pipeline.hpp"
#include "reader.hpp"

#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace etl {

/// Text and integers come as they are, floating point numbers with all their digits, and blobs as the text of a bytea
/// ("\x00ff").
class sqlite_reader final : public reader {
public:
    explicit sqlite_reader(const source_settings& s) : file_(s.file), query_(s.query) {}

    pgcoro::result<std::vector<std::string>> open() override;
    pgcoro::result<batch> read() override;

private:
    struct closed {
        void operator()(sqlite3* db) const noexcept;
        void operator()(sqlite3_stmt* s) const noexcept;
    };

    placed file_;
    placed query_;
    std::unique_ptr<sqlite3, closed> db_;
    std::unique_ptr<sqlite3_stmt, closed> statement_;
    std::uint64_t row_ = 0;
};

} // namespace etl
