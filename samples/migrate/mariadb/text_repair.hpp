// SPDX-License-Identifier: BSL-1.0
// Text that PostgreSQL refuses, and what can be done about it.
#pragma once

#include <string>
#include <string_view>

namespace migrate::mariadb {

/// Whether it is UTF-8 without NUL characters.
bool is_acceptable_text(std::string_view text);
/// With U+FFFD in the place of each byte that is not.
std::string repaired_text(std::string_view text);

} // namespace migrate::mariadb
