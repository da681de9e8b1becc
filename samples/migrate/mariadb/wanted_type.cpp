// SPDX-License-Identifier: BSL-1.0
#include "mariadb/wanted_type.hpp"

#include "target_type.hpp"

#include <charconv>
#include <string>
#include <unordered_map>

namespace migrate::mariadb {
namespace {

/// By the names that `base_type` gives.
const std::unordered_map<std::string_view, target_family>& target_families() {
    using enum target_family;
    static const std::unordered_map<std::string_view, target_family> known{
        {"boolean", boolean},
        {"smallint", integer},
        {"integer", integer},
        {"bigint", integer},
        {"numeric", numeric},
        {"real", real},
        {"double precision", double_precision},
        {"bit", bit_string},
        {"bit varying", bit_string},
        {"varbit", bit_string},
        {"text", text},
        {"varchar", text},
        {"text[]", text_array},
        {"character varying[]", text_array},
        {"varchar[]", text_array},
        {"bytea", bytea},
        {"date", date},
        {"timestamp", timestamp},
        {"timestamptz", timestamptz},
        {"time", time},
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

} // namespace

target_type parse_target_type(std::string_view text) {
    target_type t;
    if (const auto found = target_families().find(base_type(text)); found != target_families().end()) {
        t.family = found->second;
    }
    const auto opened = text.find('(');
    const auto closed = text.find(')');
    if (opened != std::string_view::npos && closed != std::string_view::npos && opened < closed) {
        const std::string_view inside = text.substr(opened + 1, closed - opened - 1);
        const auto comma = inside.find(',');
        t.length = number_in(inside.substr(0, comma));
        if (comma != std::string_view::npos) {
            t.scale = number_in(inside.substr(comma));
        }
    }
    return t;
}

} // namespace migrate::mariadb
