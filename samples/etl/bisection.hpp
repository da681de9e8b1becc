// SPDX-License-Identifier: BSL-1.0
// Finds the lines that make a statement fail, by running it for fewer and fewer lines.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace etl {

/// Lines from `first` to `last`, both included.
struct line_range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    friend bool operator==(const line_range&, const line_range&) = default;
};

/// A range that fails is halved; a single line that fails is at fault. Ranges come in ascending order, and every line is in one
/// that has succeeded, or is at fault.
class bisection {
public:
    /// None, if `first` is after `last`.
    explicit bisection(line_range all);

    /// The lines to try; nothing when all are done.
    std::optional<line_range> next() const;
    /// That range has succeeded.
    void succeeded();
    /// That range has failed. The line that is at fault, if it was only one.
    std::optional<std::uint64_t> failed();

private:
    std::vector<line_range> left_; // the next one is the last
};

} // namespace etl
