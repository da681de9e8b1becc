// SPDX-License-Identifier: BSL-1.0
// The rows of a cursor that have arrived before anybody wanted them, in order.
#pragma once

#include <pgcoro/rowset.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

namespace pgcoro::detail {

/// Some consecutive rows of a result.
struct row_range {
    const pg_result* result;
    int first;
    int count;
};

/// A result with the rows of all ranges. Their columns must be the same.
result_handle join_rows(std::span<const row_range> ranges);
/// Whether two results have the same columns, in the same formats.
bool have_same_columns(const pg_result* a, const pg_result* b) noexcept;

/// `Rows` is what FETCH gives: a `std::vector<Row>`, or a `rowset`.
template <class Rows>
class cursor_rows {
public:
    void push(Rows&& rows) { chunks_.push_back(std::move(rows)); }

    /// The next `wanted` rows, which must be there. A rowset may have fewer, but at least one: all of its rows have the same
    /// formats.
    Rows take(std::size_t wanted);

    void skip(std::size_t rows) noexcept {
        first_ += rows;
        while (!chunks_.empty() && first_ >= chunks_.front().size()) {
            first_ -= chunks_.front().size();
            chunks_.pop_front();
        }
    }

    void clear() noexcept {
        chunks_.clear();
        first_ = 0;
    }

private:
    /// One FETCH gave just what is wanted, as it usually does: nothing is copied.
    bool is_whole(std::size_t wanted) const noexcept {
        return first_ == 0 && !chunks_.empty() && chunks_.front().size() == wanted;
    }
    Rows take_whole() {
        Rows rows = std::move(chunks_.front());
        chunks_.pop_front();
        return rows;
    }

    std::deque<Rows> chunks_;
    std::size_t first_ = 0; // of the first chunk, the rows before it are taken
};

template <class Rows>
Rows cursor_rows<Rows>::take(std::size_t wanted) {
    if (is_whole(wanted)) {
        return take_whole();
    }
    Rows rows;
    rows.reserve(wanted);
    while (rows.size() < wanted) {
        auto& chunk = chunks_.front();
        const std::size_t count = std::min(wanted - rows.size(), chunk.size() - first_);
        const auto begin = std::next(chunk.begin(), static_cast<std::ptrdiff_t>(first_));
        std::move(begin, std::next(begin, static_cast<std::ptrdiff_t>(count)), std::back_inserter(rows));
        skip(count);
    }
    return rows;
}

template <>
rowset cursor_rows<rowset>::take(std::size_t wanted);

} // namespace pgcoro::detail
