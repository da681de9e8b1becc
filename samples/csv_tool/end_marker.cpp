// SPDX-License-Identifier: BSL-1.0
#include "end_marker.hpp"

#include <algorithm>
#include <string>

namespace csv_tool {

std::optional<std::size_t> find_end_marker(std::istream& csv) {
    bool is_quoted = false;
    std::string line;
    for (std::size_t number = 1; std::getline(csv, line); ++number) {
        if (!is_quoted && (line == "\\." || line == "\\.\r")) {
            return number;
        }
        is_quoted = is_quoted != (std::count(line.begin(), line.end(), '"') % 2 != 0); // one in quotes is written twice
    }
    return std::nullopt;
}

} // namespace csv_tool
