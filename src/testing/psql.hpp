// SPDX-License-Identifier: BSL-1.0
// SQL for setting up, through the server's own client.
#pragma once

#include "account.hpp"

#include <pgcoro/result.hpp>

#include <string>
#include <string_view>

namespace pgcoro::testing {

/// Runs statements with psql and gives the unaligned values. Errors: the SQLSTATE of the first statement that failed;
/// `errc::server_unavailable` if there was no connection.
result<std::string> psql(const std::string& program, const std::string& dsn, std::string_view text, const account& who);

} // namespace pgcoro::testing
