// SPDX-License-Identifier: BSL-1.0
// The words of an expression in MariaDB's SQL, as its catalog prints it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate::mariadb {

struct token {
    enum class sort { name, word, number, text, symbol, end };
    sort is = sort::end;
    std::string text; // names and texts without quotes; words in lower case

    bool operator==(const token&) const = default;
};

/// The last one is `end`. Nothing if there is something that is no token, such as a variable or a hexadecimal number.
std::optional<std::vector<token>> split_tokens(std::string_view sql);

} // namespace migrate::mariadb
