// SPDX-License-Identifier: BSL-1.0
// Owns a PGresult.
#pragma once

#include <pgcoro/detail/result_view.hpp>

#include <memory>

namespace pgcoro::detail {

struct result_deleter {
    void operator()(pg_result* result) const noexcept { clear_result(result); }
};

using result_handle = std::unique_ptr<pg_result, result_deleter>;

} // namespace pgcoro::detail
