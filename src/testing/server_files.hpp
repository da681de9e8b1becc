// SPDX-License-Identifier: BSL-1.0
// The files a server reads: settings and who may log in.
#pragma once

#include "account.hpp"

#include <pgcoro/result.hpp>
#include <pgcoro/testing/server_options.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace pgcoro::testing {

/// What the cluster's own postgresql.conf includes at its end.
inline constexpr const char* settings_file = "pgcoro.conf";

/// The text in single quotes, as postgresql.conf and connection strings take it.
std::string in_quotes(std::string_view text);

/// Writes pg_hba.conf and `settings_file` into `<folder>/data`, which may hold those of an earlier start.
result<> write_server_files(const server_options& options, const std::filesystem::path& folder, std::uint16_t port,
                            const account& who);

} // namespace pgcoro::testing
