// SPDX-License-Identifier: BSL-1.0
// The words of SQL as SQLite understands it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate::sqlite {

struct token {
    enum class sort { word, name, text, number, symbol };

    sort is = sort::word;
    std::string text;      // words in lower case, names and texts without quotes
    std::size_t begin = 0; // in the SQL
    std::size_t end = 0;

    bool is_word(std::string_view w) const { return is == sort::word && text == w; }
    bool is_symbol(std::string_view s) const { return is == sort::symbol && text == s; }
};

/// Without comments. Nothing if a quote or a comment is not closed.
std::optional<std::vector<token>> split(std::string_view sql);

} // namespace migrate::sqlite
