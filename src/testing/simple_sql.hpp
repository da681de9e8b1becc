// SPDX-License-Identifier: BSL-1.0
// SQL for setting up and looking, through plain libpq: what is tested is not asked about itself.
#pragma once

#include <pgcoro/result.hpp>

#include <string>
#include <string_view>

namespace pgcoro::testing {

/// Runs statements, one after the other, in a session of their own, and gives the values of their rows. Blocks for at most ten
/// minutes for each. Errors: that of the first statement that failed; `errc::server_unavailable` if there was no connection or
/// it was lost; `errc::copy_not_supported` for a COPY that has its data besides.
result<std::string> run_simple_sql(const std::string& dsn, std::string_view text);

} // namespace pgcoro::testing
