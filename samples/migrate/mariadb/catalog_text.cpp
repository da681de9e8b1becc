// SPDX-License-Identifier: BSL-1.0
#include "mariadb/catalog_text.hpp"

namespace migrate::mariadb {
namespace {

std::string in_quotes(std::string_view text, char quote, bool with_backslashes) {
    std::string made(1, quote);
    for (const char c : text) {
        if (c == quote || (with_backslashes && c == '\\')) {
            made += c;
        }
        made += c;
    }
    return made += quote;
}

char character_after_backslash(char letter) {
    switch (letter) {
    case '0': return '\0';
    case 'b': return '\b';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'Z': return '\x1a';
    default: return letter;
    }
}

std::optional<std::string> take_quoted(std::string_view& sql, char quote, bool with_backslashes) {
    if (!sql.starts_with(quote)) {
        return std::nullopt;
    }
    std::string text;
    for (std::size_t i = 1; i < sql.size(); ++i) {
        const bool has_next = i + 1 < sql.size();
        if (with_backslashes && sql[i] == '\\' && has_next) {
            text += character_after_backslash(sql[++i]);
        } else if (sql[i] != quote) {
            text += sql[i];
        } else if (has_next && sql[i + 1] == quote) {
            text += sql[i++];
        } else {
            sql.remove_prefix(i + 1);
            return text;
        }
    }
    return std::nullopt;
}

} // namespace

std::string quote_name(std::string_view name) { return in_quotes(name, '`', false); }
std::string quote_text(std::string_view text) { return in_quotes(text, '\'', true); }

std::optional<std::string> take_literal(std::string_view& sql) { return take_quoted(sql, '\'', true); }
std::optional<std::string> take_name(std::string_view& sql) { return take_quoted(sql, '`', false); }

} // namespace migrate::mariadb
