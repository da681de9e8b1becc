// SPDX-License-Identifier: BSL-1.0
// How many rows a cursor asks the server for, and when.
#pragma once

#include <pgcoro/cursor_options.hpp>

#include <cstddef>
#include <cstdint>

namespace pgcoro::detail {

/// Counts the rows of a cursor that goes forward: those that have arrived and wait to be taken, and those that were asked for
/// and are in flight. A value: it sends nothing and holds no rows.
///
///     missing(n) -> FETCH or MOVE so many -> asked -> arrived -> taken
class cursor_plan {
public:
    static constexpr int first_count = 64;
    static constexpr int least_count = 16;
    static constexpr int most_count = 1024;
    static constexpr std::size_t bytes_per_fetch = 65536;

    explicit cursor_plan(const cursor_options& options) noexcept;

    /// The number of rows that are fetched at once if the caller does not say.
    int usual_count() const noexcept { return count_; }
    /// So large are the first rows. Later calls change nothing.
    void measured(std::size_t rows, std::size_t bytes) noexcept;
    bool is_measured() const noexcept { return is_measured_; }

    /// How many rows must be asked for now, so that `wanted` can be taken in the end: none if enough have arrived or are in
    /// flight, or if there are no more.
    int missing(int wanted) const noexcept;
    /// How many rows to ask for before anybody wants them, or none. Never more than one FETCH.
    int ahead() const noexcept;

    void asked(int rows) noexcept { in_flight_ += rows; }
    /// The answer to `asked`. Fewer rows than that mean the end.
    void arrived(int asked, std::uint64_t rows) noexcept;
    /// The same for a MOVE, whose rows do not arrive.
    void moved(int asked, std::uint64_t rows) noexcept;
    /// `asked` was not sent, or failed.
    void failed(int asked) noexcept { in_flight_ -= asked; }

    /// Takes up to `wanted` of the rows that have arrived, and gives their number.
    int take(int wanted) noexcept;
    /// Of those, so many were left.
    void put_back(std::uint64_t rows) noexcept { arrived_ += rows; }
    void clear() noexcept { arrived_ = 0; }

    std::uint64_t rows_arrived() const noexcept { return arrived_; }
    /// Whether as many as `wanted` have arrived, or all there will be.
    bool has(int wanted) const noexcept {
        return arrived_ >= static_cast<std::uint64_t>(wanted) || (at_end_ && in_flight_ == 0);
    }

private:
    bool fetches_ahead_;
    bool is_measured_;
    bool at_end_ = false;
    int count_;
    std::int64_t in_flight_ = 0;
    std::uint64_t arrived_ = 0;
};

} // namespace pgcoro::detail
