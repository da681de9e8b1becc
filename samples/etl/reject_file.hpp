// SPDX-License-Identifier: BSL-1.0
// The rows that could not be loaded, as CSV for people: line, column, value, SQLSTATE, reason.
#pragma once

#include "row.hpp"

#include <pgcoro/result.hpp>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace etl {

/// One line of the file. A value is shortened, and of bytes that are no text one sees \xff.
std::string describe(const reject& r);

class reject_file {
public:
    reject_file(std::string name, std::uint64_t most) : name_(std::move(name)), most_(most) {}

    /// Begins it, with nothing but its header.
    pgcoro::result<> open();
    /// Errors: `failure::too_many_rejects` after more than the most; `errno` as a system error.
    pgcoro::result<> add(const reject& r);
    pgcoro::result<> flush();

    std::uint64_t size() const noexcept { return rejects_; }
    const std::string& name() const noexcept { return name_; }

private:
    std::string name_;
    std::uint64_t most_;
    std::uint64_t rejects_ = 0;
    std::ofstream out_;
};

} // namespace etl
