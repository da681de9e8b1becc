// SPDX-License-Identifier: BSL-1.0
// A large CSV file into a table and back: by psql's \copy, and by a program with pgcoro. Each runs as a process of its own.
#pragma once

#include "harness.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// A row like those of `bench_rows`, with the number `n`.
std::string csv_row(std::size_t n);

/// A temporary folder with a CSV file of so many rows like those of `bench_rows`, about 70 bytes each. PGCORO_BENCH_CSV has its
/// path. The folder is removed at the end, with what else is there.
class csv_file {
public:
    explicit csv_file(std::size_t rows);
    ~csv_file();
    csv_file(const csv_file&) = delete;
    csv_file& operator=(const csv_file&) = delete;

    std::size_t rows() const noexcept { return rows_; }
    std::filesystem::path path() const { return folder_ / "rows.csv"; }

private:
    std::size_t rows_;
    std::filesystem::path folder_;
};

/// `psql-csv-in`, `pgcoro-csv-in`, `psql-csv-out` and `pgcoro-csv-out`, which must run in this order or backwards: the first
/// two fill the table that the others read. A "query" is a row; they copy all rows of the file, whatever they are told.
std::vector<std::unique_ptr<subject>> make_csv_subjects(const csv_file& file, const std::string& conninfo);

} // namespace bench
