// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/cursor_plan.hpp>

#include <algorithm>

namespace pgcoro::detail {

cursor_plan::cursor_plan(const cursor_options& options) noexcept
    : fetches_ahead_(!options.scroll && options.prefetch.value_or(first_count) > 0),
      is_measured_(options.prefetch.value_or(0) > 0),
      count_(is_measured_ ? *options.prefetch : first_count) {}

void cursor_plan::measured(std::size_t rows, std::size_t bytes) noexcept {
    if (is_measured_ || rows == 0) {
        return;
    }
    is_measured_ = true;
    const std::size_t mean = std::max<std::size_t>(bytes / rows, 1);
    count_ = static_cast<int>(std::clamp<std::size_t>(bytes_per_fetch / mean, least_count, most_count));
}

int cursor_plan::missing(int wanted) const noexcept {
    const auto known = static_cast<std::int64_t>(arrived_) + in_flight_;
    return at_end_ || known >= wanted ? 0 : static_cast<int>(wanted - known);
}

int cursor_plan::ahead() const noexcept { return fetches_ahead_ && missing(count_) != 0 ? count_ : 0; }

void cursor_plan::arrived(int asked, std::uint64_t rows) noexcept {
    moved(asked, rows);
    arrived_ += rows;
}

void cursor_plan::moved(int asked, std::uint64_t rows) noexcept {
    in_flight_ -= asked;
    at_end_ = at_end_ || rows < static_cast<std::uint64_t>(asked);
}

int cursor_plan::take(int wanted) noexcept {
    const auto taken = std::min(arrived_, static_cast<std::uint64_t>(wanted));
    arrived_ -= taken;
    return static_cast<int>(taken);
}

} // namespace pgcoro::detail
