// SPDX-License-Identifier: BSL-1.0
// Owns a PGresult.
#pragma once

#include <pgcoro/detail/owned.hpp>
#include <pgcoro/detail/result_view.hpp>

namespace pgcoro::detail {

struct result_deleter {
    void operator()(pg_result* result) const noexcept { clear_result(result); }
};

using result_handle = owned<pg_result, result_deleter>;

} // namespace pgcoro::detail
