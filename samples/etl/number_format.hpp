// SPDX-License-Identifier: BSL-1.0
// Numbers as people write them: "1.234,50".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace etl {

struct number_format {
    char decimal = '.';
    /// Between groups of three digits. A number may have it at all these places, or nowhere.
    std::optional<char> thousands;
    bool is_integer = false;

    /// "1234.50", as the server reads it; nothing if the text is no such number.
    std::optional<std::string> convert(std::string_view text) const;
};

} // namespace etl
