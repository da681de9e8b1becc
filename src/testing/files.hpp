// SPDX-License-Identifier: BSL-1.0
// Files, without exceptions.
#pragma once

#include "account.hpp"

#include <pgcoro/result.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::testing {

/// What a folder holds now; nothing if it cannot be read.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);

bool is_there(const std::filesystem::path& file) noexcept;

/// The lines of a file; none if it cannot be read.
std::vector<std::string> lines_of(const std::filesystem::path& file);

/// Writes a file that only `who` may read, in the place of what was there.
result<> write_private(const std::filesystem::path& file, std::string_view contents, const account& who);

} // namespace pgcoro::testing
