// SPDX-License-Identifier: BSL-1.0
#include "mariadb/array_text.hpp"

#include <algorithm>

namespace migrate::mariadb {
namespace {

bool spells_null(std::string_view text) {
    return std::equal(text.begin(), text.end(), "null", "null" + 4,
                      [](char a, char b) { return a == b || a == b - 'a' + 'A'; });
}

void append_label(std::string& out, std::string_view label) {
    if (!label.empty() && label.find_first_of("{}\"\\, \t\n\r\v\f") == std::string_view::npos && !spells_null(label)) {
        out += label;
        return;
    }
    out += '"';
    for (const char c : label) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    out += '"';
}

} // namespace

std::string array_of_labels(std::string_view set) {
    std::string array = "{";
    while (!set.empty()) {
        const auto comma = set.find(',');
        append_label(array, set.substr(0, comma));
        if (comma == std::string_view::npos) {
            break;
        }
        array += ',';
        set.remove_prefix(comma + 1);
    }
    return array += '}';
}

} // namespace migrate::mariadb
