// SPDX-License-Identifier: BSL-1.0
#include "mariadb/collation.hpp"

namespace migrate::mariadb {

bool ignores_differences(std::string_view collation) {
    return !collation.empty() && collation != "binary" && !collation.ends_with("_bin") && !collation.ends_with("_cs");
}

std::string character_set_of(std::string_view collation) { return std::string(collation.substr(0, collation.find('_'))); }

bool is_stored_as_utf8(std::string_view character_set) {
    return character_set == "utf8mb4" || character_set == "utf8mb3" || character_set == "utf8" || character_set == "ascii";
}

bool converts_completely(std::string_view character_set) { return character_set == "latin1"; }

} // namespace migrate::mariadb
