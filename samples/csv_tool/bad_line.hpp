// SPDX-License-Identifier: BSL-1.0
// What the server does not like, in words of the file that it came from.
#pragma once

#include <pgcoro/error.hpp>

#include <string>

namespace csv_tool {

/// The server's message; if it is about a line of `file`, also its number and its text, shortened, and the details.
std::string explain(const pgcoro::error& why, const std::string& file);

} // namespace csv_tool
