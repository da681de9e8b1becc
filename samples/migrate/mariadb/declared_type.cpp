// SPDX-License-Identifier: BSL-1.0
#include "mariadb/declared_type.hpp"

#include "mariadb/catalog_text.hpp"

#include <charconv>
#include <string>
#include <unordered_map>

namespace migrate::mariadb {
namespace {

const std::unordered_map<std::string_view, type_family>& families() {
    using enum type_family;
    static const std::unordered_map<std::string_view, type_family> known{
        {"tinyint", integer},
        {"smallint", integer},
        {"mediumint", integer},
        {"int", integer},
        {"bigint", integer},
        {"year", year},
        {"decimal", decimal},
        {"float", real},
        {"double", double_precision},
        {"bit", bits},
        {"date", date},
        {"datetime", date_time},
        {"timestamp", timestamp},
        {"time", time},
        {"char", text},
        {"varchar", text},
        {"tinytext", text},
        {"text", text},
        {"mediumtext", text},
        {"longtext", text},
        {"enum", choice},
        {"set", choices},
        {"json", json},
        {"binary", bytes},
        {"varbinary", bytes},
        {"tinyblob", bytes},
        {"blob", bytes},
        {"mediumblob", bytes},
        {"longblob", bytes},
        {"uuid", uuid},
        {"inet4", address},
        {"inet6", address},
        {"geometry", geometry},
        {"point", geometry},
        {"linestring", geometry},
        {"polygon", geometry},
        {"multipoint", geometry},
        {"multilinestring", geometry},
        {"multipolygon", geometry},
        {"geometrycollection", geometry},
        {"geomcollection", geometry},
    };
    return known;
}

std::optional<std::int64_t> take_number(std::string_view& text) {
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc()) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return number;
}

void read_labels(std::string_view text, std::vector<std::string>& labels) {
    while (auto label = take_literal(text)) {
        labels.push_back(*std::move(label));
        if (text.starts_with(',')) {
            text.remove_prefix(1);
        }
    }
}

} // namespace

column_type parse_type(std::string_view text) {
    column_type t;
    t.text = text;
    const auto end = text.find_first_of("( ");
    t.base = text.substr(0, end);
    text.remove_prefix(t.base.size());
    t.is_unsigned = text.ends_with(" unsigned") || text.ends_with(" zerofill"); // the second implies the first
    if (!text.starts_with('(')) {
        return t;
    }
    text.remove_prefix(1);
    if (text.starts_with('\'')) {
        t.is_unsigned = false;
        read_labels(text, t.labels);
        return t;
    }
    t.length = take_number(text);
    if (text.starts_with(',')) {
        text.remove_prefix(1);
        t.scale = take_number(text);
    }
    return t;
}

type_family family_of(const column_type& t) {
    const auto found = families().find(t.base);
    return found == families().end() ? type_family::unknown : found->second;
}

} // namespace migrate::mariadb
