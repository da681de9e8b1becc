// SPDX-License-Identifier: BSL-1.0
// The text format of COPY: columns separated by tabs, rows by line feeds, NULL as \N.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace common {

/// Appends a value, escaped. The caller writes the tabs and line feeds in between.
void append_copy_text(std::string& out, const std::optional<std::string>& value);
/// The same for a value that is not NULL.
void append_copy_value(std::string& out, std::string_view value);

/// The values of a row that COPY TO has sent, without the line feed at its end.
std::vector<std::optional<std::string>> parse_copy_text(std::string_view line);

} // namespace common
