// SPDX-License-Identifier: BSL-1.0
// How far a migration is, over all tables.
#pragma once

#include "common/journal.hpp"

#include <chrono>
#include <cstdint>

namespace migrate {

/// The bytes of a source are not known before they are read. The share of the rows says how many there will be.
class progress {
public:
    progress(common::journal& j, std::uint64_t expected_rows) : journal_(j), expected_rows_(expected_rows) {}

    void add(std::uint64_t rows, std::uint64_t bytes);
    /// Shows the end, in any case.
    void finish();

    std::uint64_t rows() const noexcept { return so_far_.rows; }
    std::uint64_t bytes() const noexcept { return so_far_.bytes; }
    double seconds() const;

private:
    void show();

    common::journal& journal_;
    std::uint64_t expected_rows_;
    pgcoro::transfer_report so_far_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point shown_ = began_;
};

} // namespace migrate
