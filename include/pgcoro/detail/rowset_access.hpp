// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <pgcoro/rowset.hpp>

namespace pgcoro::detail {

/// What the library sees of a rowset, and its users do not.
struct rowset_access {
    static const pg_result* result(const rowset& rows) noexcept { return rows.result_.get(); }
    static const type_catalogue_ptr& types(const rowset& rows) noexcept { return rows.types_; }
    static result_view view(const rowset& rows) noexcept { return rows.view(); }
};

} // namespace pgcoro::detail
