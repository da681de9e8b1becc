// SPDX-License-Identifier: BSL-1.0
// Reads a file, with calls that block.
#pragma once

#include "row.hpp"

#include <pgcoro/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace etl {

/// Opened once, then read until a batch is the last. All calls are made by one thread at a time, but not always the same.
class reader {
public:
    reader() = default;
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;
    virtual ~reader() = default;

    /// Gives the names of the columns.
    virtual pgcoro::result<std::vector<std::string>> open() = 0;
    virtual pgcoro::result<batch> read() = 0;
    /// The size of the file, once it is open; 0 if that says nothing about how much there is to read.
    virtual std::uint64_t size() const { return 0; }
    /// Once it is open: whether another reader can begin at the first row again.
    virtual bool can_be_reopened() const { return true; }
};

} // namespace etl
