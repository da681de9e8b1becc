// SPDX-License-Identifier: BSL-1.0
#include "mariadb/target_type.hpp"

#include <charconv>
#include <string>
#include <unordered_map>

namespace migrate::mariadb {
namespace {

const std::unordered_map<std::string_view, target_family>& target_families() {
    using enum target_family;
    static const std::unordered_map<std::string_view, target_family> known{
        {"boolean", boolean},
        {"bool", boolean},
        {"smallint", integer},
        {"int2", integer},
        {"integer", integer},
        {"int", integer},
        {"int4", integer},
        {"bigint", integer},
        {"int8", integer},
        {"numeric", numeric},
        {"decimal", numeric},
        {"real", real},
        {"float4", real},
        {"double precision", double_precision},
        {"float8", double_precision},
        {"bit", bit_string},
        {"bit varying", bit_string},
        {"varbit", bit_string},
        {"text", text},
        {"character varying", text},
        {"varchar", text},
        {"text[]", text_array},
        {"character varying[]", text_array},
        {"varchar[]", text_array},
        {"bytea", bytea},
        {"date", date},
        {"timestamp", timestamp},
        {"timestamp without time zone", timestamp},
        {"timestamptz", timestamptz},
        {"timestamp with time zone", timestamptz},
        {"time", time},
        {"time without time zone", time},
        {"interval", interval},
        {"uuid", uuid},
        {"inet", inet},
        {"json", json},
        {"jsonb", jsonb},
    };
    return known;
}

std::optional<std::int64_t> number_in(std::string_view text) {
    const auto begin = text.find_first_of("0123456789");
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    std::int64_t number = 0;
    text.remove_prefix(begin);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

/// In lower case, with single spaces, and none before a parenthesis.
std::string normalized(std::string_view text) {
    std::string made;
    for (const char c : text) {
        if (c != ' ' || (!made.empty() && made.back() != ' ')) {
            made += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    while (made.ends_with(' ')) {
        made.pop_back();
    }
    if (const auto space = made.find(" ("); space != std::string::npos) {
        made.erase(space, 1);
    }
    return made;
}

} // namespace

target_type parse_target_type(std::string_view text) {
    std::string name = normalized(text);
    target_type t;
    const auto opened = name.find('(');
    const auto closed = name.find(')');
    if (opened != std::string::npos && closed != std::string::npos && opened < closed) {
        const std::string inside = name.substr(opened + 1, closed - opened - 1);
        const auto comma = inside.find(',');
        t.length = number_in(inside.substr(0, comma));
        if (comma != std::string::npos) {
            t.scale = number_in(inside.substr(comma));
        }
        name.erase(opened, closed - opened + 1);
    }
    if (const auto found = target_families().find(name); found != target_families().end()) {
        t.family = found->second;
    }
    return t;
}

} // namespace migrate::mariadb
