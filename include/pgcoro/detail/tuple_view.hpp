// SPDX-License-Identifier: BSL-1.0
// One row's bytes that are not in a PGresult, for `row_reader`: they came by COPY.
#pragma once

#include <pgcoro/detail/result_view.hpp>

namespace pgcoro::detail {

/// The columns of a result without rows, which must be in the binary format, and the values of one row, as many as there are
/// columns. Borrows both. The number of the row is for messages only.
class tuple_view : public result_view {
public:
    tuple_view(result_view columns, const cell_bytes* cells) noexcept : result_view(columns), cells_(cells) {}

    cell_bytes cell(int, int column) const noexcept { return cells_[column]; }

private:
    const cell_bytes* cells_;
};

} // namespace pgcoro::detail
