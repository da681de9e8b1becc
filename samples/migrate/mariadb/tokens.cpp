// SPDX-License-Identifier: BSL-1.0
#include "mariadb/tokens.hpp"

#include "mariadb/catalog_text.hpp"

#include <array>

namespace migrate::mariadb {
namespace {

constexpr std::string_view digits = "0123456789";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::string take(std::string_view& sql, std::size_t size) {
    std::string taken(sql.substr(0, size));
    sql.remove_prefix(taken.size());
    return taken;
}

std::string take_word(std::string_view& sql) {
    std::size_t size = 0;
    while (size < sql.size() && (is_letter(sql[size]) || digits.find(sql[size]) != std::string_view::npos)) {
        ++size;
    }
    std::string word = take(sql, size);
    for (char& c : word) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return word;
}

/// Digits with a point. Numbers with an exponent, or that are hexadecimal, are not translated.
std::optional<std::string> take_number(std::string_view& sql) {
    const auto size = std::min(sql.find_first_not_of("0123456789."), sql.size());
    if (size < sql.size() && is_letter(sql[size])) {
        return std::nullopt;
    }
    return take(sql, size);
}

std::optional<std::string> take_symbol(std::string_view& sql) {
    constexpr std::array<std::string_view, 16> known{"<=>", "<=", ">=", "<>", "!=", "<", ">", "=",
                                                     "(",   ")",  ",",  "+",  "-",  "*", "/", "%"};
    for (const auto symbol : known) {
        if (sql.starts_with(symbol)) {
            return take(sql, symbol.size());
        }
    }
    return std::nullopt;
}

std::optional<token> take_token(std::string_view& sql) {
    const auto made = [](token::sort is, std::optional<std::string> text) -> std::optional<token> {
        if (!text || text->find('\0') != std::string::npos) {
            return std::nullopt;
        }
        return token{is, *std::move(text)};
    };
    const char c = sql.front();
    if (c == '`') {
        return made(token::sort::name, take_name(sql));
    }
    if (c == '\'') {
        return made(token::sort::text, take_literal(sql));
    }
    if (digits.find(c) != std::string_view::npos) {
        return made(token::sort::number, take_number(sql));
    }
    if (!is_letter(c)) {
        return made(token::sort::symbol, take_symbol(sql));
    }
    std::string word = take_word(sql);
    if (sql.starts_with('\'') && word.starts_with("_utf8")) { // a character set before a literal
        return made(token::sort::text, take_literal(sql));
    }
    return made(token::sort::word, std::move(word));
}

} // namespace

std::optional<std::vector<token>> split_tokens(std::string_view sql) {
    std::vector<token> tokens;
    for (;;) {
        sql.remove_prefix(std::min(sql.find_first_not_of(" \n\t\r"), sql.size()));
        if (sql.empty()) {
            tokens.emplace_back();
            return tokens;
        }
        auto next = take_token(sql);
        if (!next) {
            return std::nullopt;
        }
        tokens.push_back(*std::move(next));
    }
}

} // namespace migrate::mariadb
