// SPDX-License-Identifier: BSL-1.0
// Character sets and collations of MariaDB and MySQL.
#pragma once

#include <string>
#include <string_view>

namespace migrate::mariadb {

/// Whether it takes texts for equal that differ in case or accents.
bool ignores_differences(std::string_view collation);

/// The character set that a collation is for: "latin1" of "latin1_swedish_ci".
std::string character_set_of(std::string_view collation);

/// What the server stores needs no conversion to be UTF-8.
bool is_stored_as_utf8(std::string_view character_set);
/// Each byte is a character of Unicode to MariaDB, so its conversion loses nothing.
bool converts_completely(std::string_view character_set);

} // namespace migrate::mariadb
