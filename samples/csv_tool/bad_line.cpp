// SPDX-License-Identifier: BSL-1.0
#include "bad_line.hpp"

#include <pgcoro/copy.hpp>

#include <fstream>
#include <optional>

namespace csv_tool {
namespace {

constexpr std::size_t longest = 100;

/// The text of a line, counted from 1, if it is there.
std::optional<std::string> line_of(const std::string& file, std::size_t number) {
    std::ifstream in(file, std::ios::binary);
    std::string line;
    for (std::size_t i = 0; i < number; ++i) {
        if (!std::getline(in, line)) {
            return std::nullopt;
        }
    }
    return line;
}

/// Fit to be shown: short, and with '?' for what could control a terminal.
std::string shown(std::string text) {
    const bool is_long = text.size() > longest;
    if (is_long) {
        std::size_t end = longest;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
            --end; // not in the middle of a character
        }
        text.resize(end);
    } else if (text.ends_with('\r')) {
        text.pop_back();
    }
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
            c = '?';
        }
    }
    return is_long ? text + "..." : text;
}

} // namespace

std::string explain(const pgcoro::error& why, const std::string& file) {
    std::string text;
    const auto number = pgcoro::copy_line(why);
    if (number != 0) {
        text += file + ":" + std::to_string(number) + ": ";
    }
    text += why.message() + "\n";
    const auto add = [&](const char* title, const std::string& part) {
        if (!part.empty()) {
            text += std::string("  ") + title + ": " + part + "\n";
        }
    };
    if (number != 0) {
        // Of a row that spans lines, the last one.
        add("line", shown(line_of(file, number).value_or("")));
    }
    add("detail", std::string(why.detail()));
    add("hint", std::string(why.hint()));
    if (why.column().empty()) {
        add("context", shown(std::string(why.context())));
    } else {
        add("column", std::string(why.column()));
    }
    return text;
}

} // namespace csv_tool
