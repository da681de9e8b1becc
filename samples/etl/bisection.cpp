// SPDX-License-Identifier: BSL-1.0
#include "bisection.hpp"

namespace etl {

bisection::bisection(line_range all) {
    if (all.first <= all.last) {
        left_.push_back(all);
    }
}

std::optional<line_range> bisection::next() const { return left_.empty() ? std::nullopt : std::optional(left_.back()); }

void bisection::succeeded() { left_.pop_back(); }

std::optional<std::uint64_t> bisection::failed() {
    const auto range = left_.back();
    left_.pop_back();
    if (range.first == range.last) {
        return range.first;
    }
    const auto middle = range.first + (range.last - range.first) / 2;
    left_.push_back({middle + 1, range.last});
    left_.push_back({range.first, middle});
    return std::nullopt;
}

} // namespace etl
