// SPDX-License-Identifier: BSL-1.0
// Runs SQL to set up and inspect a server. The session is plain libpq's, so that pgcoro is not judged by itself.
#pragma once

#include <pgcoro/result.hpp>

#include <string>
#include <string_view>

namespace pgcoro::testing {

/// Runs statements, one after the other, in a session of their own, and gives the values of their rows. Blocks for at most ten
/// minutes for each. Errors: that of the first statement that failed; `errc::server_unavailable` if there was no connection or
/// it was lost; `errc::copy_not_supported` for a COPY from STDIN or to STDOUT; `errc::invalid_text`
/// for a NUL character.
result<std::string> run_simple_sql(const std::string& dsn, std::string_view text);

} // namespace pgcoro::testing
