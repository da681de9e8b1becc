// SPDX-License-Identifier: BSL-1.0
#include "mariadb/text_repair.hpp"

#include <pgcoro/detail/utf8.hpp>

#include <charconv>

namespace migrate::mariadb {
namespace {

unsigned escaped_unit(std::string_view json, std::size_t at) {
    unsigned unit = 0;
    if (at + 6 <= json.size() && json[at] == '\\' && json[at + 1] == 'u') {
        std::from_chars(json.data() + at + 2, json.data() + at + 6, unit, 16);
    }
    return unit;
}

bool is_first_half(unsigned unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_second_half(unsigned unit) { return unit >= 0xdc00 && unit < 0xe000; }

} // namespace

bool is_acceptable_text(std::string_view text) {
    return pgcoro::detail::is_valid_utf8(text) && text.find('\0') == std::string_view::npos;
}

std::string repaired_text(std::string_view text) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string repaired;
    for (;;) {
        const auto valid = text.substr(0, pgcoro::detail::valid_utf8_prefix(text)).substr(0, text.find('\0'));
        repaired += valid;
        if (valid.size() == text.size()) {
            return repaired;
        }
        repaired += replacement;
        text.remove_prefix(valid.size() + 1);
    }
}

bool has_unacceptable_escape(std::string_view json) {
    for (std::size_t at = json.find('\\'); at != std::string_view::npos; at = json.find('\\', at + 2)) {
        if (at + 1 < json.size() && json[at + 1] != 'u') {
            continue;
        }
        const unsigned unit = escaped_unit(json, at);
        if (unit == 0 || is_second_half(unit)) {
            return true;
        }
        if (is_first_half(unit)) {
            if (!is_second_half(escaped_unit(json, at + 6))) {
                return true;
            }
            at += 6;
        }
    }
    return false;
}

} // namespace migrate::mariadb
