// SPDX-License-Identifier: BSL-1.0
// How many rows of a large result are read before the event loop has its turn.
#pragma once

#include <pgcoro/error.hpp>

#include <algorithm>
#include <chrono>

namespace pgcoro::detail {

/// What a decoder says when its slice of time is over and rows are left. Never seen outside of the library.
error more_rows() noexcept;
bool is_more_rows(const error& e) noexcept;

/// Ends after about a millisecond. A result of up to `step` rows is read without a look at the clock.
class row_slice {
public:
    static constexpr int step = 64;
    static constexpr std::chrono::microseconds length{1000};

    /// The row before which `is_over` is asked.
    static int next_stop(int row, int rows) noexcept { return rows - row > step ? row + step : rows; }
    bool is_over() noexcept;

private:
    std::chrono::steady_clock::time_point end_{}; // set when it is first asked for
};

/// Never ends.
struct whole_result {
    static int next_stop(int, int rows) noexcept { return rows; }
    static bool is_over() noexcept { return false; }
};

} // namespace pgcoro::detail
