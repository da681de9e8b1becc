// SPDX-License-Identifier: BSL-1.0
// One line of a JSON lines file, as text values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace etl {

/// The values of the members with these names. Strings lose their quotes, numbers stay as they are written, arrays and objects
/// are JSON without spaces. A member that is null or not there is NULL; others are ignored; of two with one name the last
/// counts.
///
/// Gives what is wrong, if the line is no JSON object.
std::variant<std::vector<std::optional<std::string>>, std::string> parse_json_line(std::string_view line,
                                                                                   const std::vector<std::string>& names);

} // namespace etl
