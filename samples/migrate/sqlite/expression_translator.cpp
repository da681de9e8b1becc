// SPDX-License-Identifier: BSL-1.0
#include "expression_translator.hpp"

#include "loose_values.hpp"
#include "row_encoder.hpp"
#include "sql_text.hpp"
#include "sqlite_types.hpp"
#include "tokens.hpp"

#include <pgcoro/quote.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace migrate::sqlite {
namespace {

constexpr std::array<std::string_view, 14> keywords{"and",  "or",   "not",  "is",   "null", "in",   "between",
                                                    "case", "when", "then", "else", "end",  "true", "false"};
constexpr std::array<std::string_view, 9> functions{"length", "lower", "upper",    "trim",  "ltrim",
                                                    "rtrim",  "abs",   "coalesce", "nullif"};
constexpr std::array<std::string_view, 14> symbols{"(", ")", ",", "=", "<", ">", "<=", ">=", "<>", "!=", "+", "-", "*", "||"};

template <class List>
bool has(const List& list, std::string_view text) {
    return std::ranges::find(list, text) != list.end();
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool is_decimal(std::string_view number) { return number.find_first_not_of("0123456789.eE+-") == std::string_view::npos; }

/// The column that a name means, whose case does not count.
const std::string* find_column(const std::vector<std::string>& columns, const std::string& name) {
    const auto found = std::ranges::find_if(columns, [&](const std::string& c) { return lower(c) == lower(name); });
    return found == columns.end() ? nullptr : &*found;
}

std::optional<std::string> translate(const std::vector<token>& all, std::size_t i, const std::vector<std::string>& columns) {
    const token& t = all[i];
    switch (t.is) {
    case token::sort::text: return pgcoro::quote_literal(t.text).has_value() ? std::optional(literal(t.text)) : std::nullopt;
    case token::sort::number: return is_decimal(t.text) ? std::optional(t.text) : std::nullopt;
    case token::sort::symbol:
        if (t.text == "==") {
            return "=";
        }
        return has(symbols, t.text) ? std::optional(t.text) : std::nullopt;
    case token::sort::word:
        if (i + 1 < all.size() && all[i + 1].is_symbol("(") && has(functions, t.text)) {
            return t.text;
        }
        if (has(keywords, t.text)) {
            return t.text;
        }
        [[fallthrough]];
    case token::sort::name: break;
    }
    const std::string* column = find_column(columns, t.text);
    return column ? std::optional(sql_name(*column)) : std::nullopt;
}

constexpr std::array<std::string_view, 8> of_numbers{"(", ")", ",", "+", "-", "*", "abs", "coalesce"};
constexpr std::array<std::string_view, 5> of_texts{"(", ")", ",", "||", "coalesce"};

/// Whether an expression has nothing but numbers, or nothing but texts.
bool is_plain(const std::vector<token>& all, bool is_text, bool is_integer) {
    return std::ranges::all_of(all, [&](const token& t) {
        switch (t.is) {
        case token::sort::number:
            return !is_text && (!is_integer || t.text.find_first_not_of("0123456789") == std::string::npos);
        case token::sort::text: return is_text;
        case token::sort::symbol: return is_text ? has(of_texts, t.text) : has(of_numbers, t.text);
        default:
            return !has(keywords, t.text) && (!has(functions, t.text) || t.text == "coalesce" || (!is_text && t.text == "abs"));
        }
    });
}

/// A literal as PostgreSQL's input takes it for the type; empty if it is none, or the type cannot have it as it is.
std::string literal_default(std::string_view sql, const std::string& type) {
    const auto all = split(sql);
    if (!all || all->empty() || all->size() > 2) {
        return {};
    }
    const token& value = all->back();
    const bool is_signed = all->size() == 2;
    const bool is_integer = value.text.find_first_not_of("0123456789") == std::string::npos;
    const bool has_sign = is_signed && (all->front().is_symbol("-") || all->front().is_symbol("+"));
    const bool is_number = value.is == token::sort::number && (!is_signed || has_sign) && is_decimal(value.text);
    const bool is_text = value.is == token::sort::text && !is_signed;
    if ((!is_number && !is_text) || (is_number && !is_integer && (type == "bigint" || type == "text"))) {
        return {};
    }
    const std::string text = (is_signed && all->front().is_symbol("-") ? "-" : "") + value.text;
    loose_value v;
    v.is = loose_value::storage::text;
    v.bytes = text;
    table_plan plan;
    plan.columns.emplace_back();
    row_encoder encoder(plan);
    return value_rule::for_type(type).append(v, encoder).empty() ? literal(text) : std::string();
}

} // namespace

expression translate_generated(std::string_view sql, std::string_view declared_type, const std::vector<typed_column>& columns) {
    const std::string type = postgres_type(declared_type);
    std::vector<std::string> names;
    for (const typed_column& c : columns) {
        if (c.type == type) {
            names.push_back(c.name);
        }
    }
    const auto all = split(sql);
    // SQLite computes decimals as floating point numbers, PostgreSQL does not; even literals are decimals.
    const bool is_float = type == "double precision";
    if (!all || (type != "bigint" && !is_float && type != "text") || !is_plain(*all, type == "text", type == "bigint") ||
        (is_float && std::ranges::find(*all, token::sort::number, &token::is) != all->end())) {
        return {std::string(sql), {}};
    }
    return translate(sql, names);
}

expression translate(std::string_view sql, const std::vector<std::string>& columns) {
    expression e{std::string(sql), {}};
    const auto all = split(sql);
    if (!all) {
        return e;
    }
    std::string text;
    for (std::size_t i = 0; i < all->size(); ++i) {
        const auto translated = translate(*all, i, columns);
        if (!translated) {
            return e;
        }
        text += (text.empty() ? "" : " ") + *translated;
    }
    e.postgres = std::move(text);
    return e;
}

expression translate_default(std::string_view sql, std::string_view declared_type) {
    expression e{std::string(sql), {}};
    const std::string text = lower(sql);
    const std::string type = postgres_type(declared_type);
    const bool is_moment = type == "timestamp" || type == "timestamptz";
    if (text == "null") {
        e.postgres = "null";
    } else if (text == "current_timestamp" && (is_moment || type == "date")) {
        e.postgres = "(now() at time zone 'UTC')"; // SQLite's is UTC
    } else if (text == "current_date" && (is_moment || type == "date")) {
        e.postgres = "((now() at time zone 'UTC')::date)";
    } else if (type == "boolean" && (text == "0" || text == "false")) {
        e.postgres = "false";
    } else if (type == "boolean" && (text == "1" || text == "true")) {
        e.postgres = "true";
    } else if (type != "boolean" && type != "bytea") {
        e.postgres = literal_default(sql, type);
    }
    return e;
}

} // namespace migrate::sqlite
