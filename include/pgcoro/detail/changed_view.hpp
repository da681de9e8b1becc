// SPDX-License-Identifier: BSL-1.0
// One row of a replication stream, for `row_reader`.
#pragma once

#include <pgcoro/detail/result_view.hpp>

#include <cstddef>

namespace pgcoro::detail {

/// One value as it was sent.
struct changed_cell : cell_bytes {
    /// In the text format, though its type may have a binary one. False if it has no bytes.
    bool is_text = false;
};

/// The columns of a table, and the values of one row, as many as there are columns. Borrows both.
class changed_view : public result_view {
public:
    changed_view(result_view columns, const changed_cell* cells) noexcept : result_view(columns), cells_(cells) {}

    cell_bytes cell(int, int column) const noexcept { return cells_[column]; }

private:
    const changed_cell* cells_;
};

} // namespace pgcoro::detail
