// SPDX-License-Identifier: BSL-1.0
#include "copy_text.hpp"

#include <cstdint>
#include <cstring>

namespace common {
namespace {

/// The letter that stands after a backslash for a character, or 0.
char letter_of(char c) {
    switch (c) {
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\v': return 'v';
    case '\\': return '\\';
    default: return 0;
    }
}

/// Whether none of eight characters needs a backslash: none is below 14, and none is one. Most are not.
bool are_plain(const char* characters) {
    constexpr std::uint64_t each = 0x0101010101010101;
    std::uint64_t eight = 0;
    std::memcpy(&eight, characters, sizeof eight);
    const std::uint64_t backslashes = eight ^ (each * '\\'); // 0 where one is
    return ((((eight - each * 14) & ~eight) | ((backslashes - each) & ~backslashes)) & (each * 0x80)) == 0;
}

char character_of(char letter) {
    switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return letter; // COPY TO writes no others, but for the backslash itself
    }
}

std::optional<std::string> parse_value(std::string_view text) {
    if (text == "\\N") {
        return std::nullopt;
    }
    std::string value;
    value.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            value += character_of(text[++i]);
        } else {
            value += text[i];
        }
    }
    return value;
}

} // namespace

void append_copy_value(std::string& out, std::string_view value) {
    std::size_t begin = 0; // of what needs no backslash
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value.size() - i >= sizeof(std::uint64_t) && are_plain(value.data() + i)) {
            i += sizeof(std::uint64_t) - 1;
            continue;
        }
        const char c = value[i];
        if (static_cast<unsigned char>(c) > '\r' && c != '\\') {
            continue;
        }
        if (const char letter = letter_of(c)) {
            out.append(value, begin, i - begin);
            out += '\\';
            out += letter;
            begin = i + 1;
        }
    }
    out.append(value, begin);
}

void append_copy_text(std::string& out, const std::optional<std::string>& value) {
    if (value) {
        append_copy_value(out, *value);
    } else {
        out += "\\N";
    }
}

std::vector<std::optional<std::string>> parse_copy_text(std::string_view line) {
    std::vector<std::optional<std::string>> values;
    for (;;) {
        const auto tab = line.find('\t'); // in a value it is written as \t
        values.push_back(parse_value(line.substr(0, tab)));
        if (tab == std::string_view::npos) {
            return values;
        }
        line.remove_prefix(tab + 1);
    }
}

} // namespace common
