// SPDX-License-Identifier: BSL-1.0
#include "mariadb/default_value.hpp"

#include "mariadb/bit_text.hpp"
#include "mariadb/catalog_text.hpp"
#include "mariadb/expression_translator.hpp"
#include "mariadb/value_converter.hpp"
#include "sql_text.hpp"

#include <algorithm>

namespace migrate::mariadb {
namespace {

/// "101" as the bytes that the server would send for it.
std::string bytes_of_bits(std::string_view digits) {
    std::string bytes((digits.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (digits[digits.size() - 1 - i] == '1') {
            auto& byte = bytes[bytes.size() - 1 - i / 8];
            byte = static_cast<char>(static_cast<unsigned char>(byte) | 1U << i % 8);
        }
    }
    return bytes;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789.-+eE") == std::string_view::npos;
}

/// The value that the text stands for, as the server would send it; nothing if it is an expression.
std::optional<std::string> literal_value(std::string_view text, default_style style, std::string_view extra,
                                         const column_type& from) {
    if (family_of(from) == type_family::bits && text.starts_with("b'") && text.ends_with('\'')) {
        return bytes_of_bits(text.substr(2, text.size() - 3));
    }
    if (style == default_style::raw) {
        const bool is_expression = extra.find("DEFAULT_GENERATED") != std::string_view::npos;
        const bool is_clock = text.starts_with("CURRENT_TIMESTAMP"); // of versions that do not say DEFAULT_GENERATED
        return is_expression || is_clock ? std::nullopt : std::optional(std::string(text));
    }
    std::string_view rest = text;
    auto literal = take_literal(rest);
    if (literal && rest.empty()) {
        return literal;
    }
    return is_number(text) ? std::optional(std::string(text)) : std::nullopt;
}

/// The catalog shows bytes that are not text as question marks.
bool may_be_garbled(const std::string& value, const column_type& from) {
    const auto is_doubtful = [](char c) { return c == '?' || static_cast<unsigned char>(c) >= 0x80; };
    return family_of(from) == type_family::bytes && std::any_of(value.begin(), value.end(), is_doubtful);
}

std::string literal_for(const std::string& value, const column_type& from, const std::string& type) {
    const auto rule = find_conversion(from, parse_target_type(type));
    if (!rule || may_be_garbled(value, from)) {
        return "";
    }
    value_converter converter(rule->how, from, invalid_text::fail);
    const converted made = converter.convert(value);
    if (const auto* text = std::get_if<converted_text>(&made)) {
        return literal(text->sent);
    }
    return std::holds_alternative<defect>(made) ? "" : literal(value);
}

/// The digits in "current_timestamp(3)", with their parentheses.
std::string precision_of(std::string_view call) {
    const auto digit = call.find_first_of("123456");
    return digit == std::string_view::npos ? "(0)" : "(" + std::string(1, call[digit]) + ")";
}

std::string sequence_of(std::string_view call) {
    call.remove_prefix(std::string_view("nextval(").size());
    std::string name;
    while (auto part = take_name(call)) {
        name += (name.empty() ? "" : ".") + sql_name(*part);
        if (call.starts_with('.')) {
            call.remove_prefix(1);
        }
    }
    return call == ")" ? "nextval(" + literal(name) + ")" : "";
}

std::string expression_for(std::string_view text, const column_type& from) {
    const auto family = family_of(from);
    std::string call(text);
    std::transform(call.begin(), call.end(), call.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (call.starts_with("current_timestamp") && family == type_family::timestamp) {
        return "current_timestamp" + precision_of(call);
    }
    if (call.starts_with("current_timestamp") && family == type_family::date_time) {
        return "localtimestamp" + precision_of(call); // the session's time zone, as in MariaDB
    }
    if ((call == "curdate()" || call == "current_date()") && family == type_family::date) {
        return "current_date";
    }
    if (call == "uuid()" && family == type_family::uuid) {
        return "gen_random_uuid()";
    }
    if (call == "uuid()" && family == type_family::text) {
        return "gen_random_uuid()::text";
    }
    if (call.starts_with("nextval(")) {
        return sequence_of(text);
    }
    const bool is_number = family == type_family::integer || family == type_family::decimal;
    if (!is_number && family != type_family::text) {
        return "";
    }
    const auto without_columns = [](const std::string&) { return std::optional<operand>(); };
    return translate_expression(text, is_number ? value_kind::number : value_kind::text, without_columns).value_or("");
}

} // namespace

std::optional<expression> translate_default(std::string_view text, default_style style, std::string_view extra,
                                            const column_type& from, const std::string& type) {
    if (style == default_style::sql && text == "NULL") {
        return std::nullopt;
    }
    expression e;
    e.source = text;
    const auto value = literal_value(text, style, extra, from);
    e.postgres = value ? literal_for(*value, from, type) : expression_for(text, from);
    return e;
}

} // namespace migrate::mariadb
