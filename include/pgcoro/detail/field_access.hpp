// SPDX-License-Identifier: BSL-1.0
// Where a field is, for functions that read one whose type they learn at run time.
#pragma once

#include <pgcoro/rowset.hpp>

namespace pgcoro::detail {

struct field_access {
    static result_view result(const field_view& field) noexcept { return field.result_; }
    static int row(const field_view& field) noexcept { return field.row_; }
    static int column(const field_view& field) noexcept { return field.column_; }
    /// There is no such row or column.
    static error why_missing(const field_view& field) { return field.why_not({}); }
};

/// Why a field's value could not be given as `what`.
error printing_failure(errc reason, const field_view& field, std::string_view what);

} // namespace pgcoro::detail
