// SPDX-License-Identifier: BSL-1.0
#include "mariadb/bit_text.hpp"

namespace migrate::mariadb {
namespace {

void append_hexadecimal(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
}

} // namespace

std::string bytea_text(std::string_view bytes) {
    std::string text;
    text.reserve(2 + 2 * bytes.size());
    text = "\\x";
    append_hexadecimal(text, bytes);
    return text;
}

std::string uuid_text(std::string_view bytes) {
    std::string text;
    for (const std::size_t size : {4U, 2U, 2U, 2U, 6U}) {
        if (!text.empty()) {
            text += '-';
        }
        append_hexadecimal(text, bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return text;
}

std::string bit_string(std::string_view bytes, std::int64_t width) {
    const std::uint64_t number = bit_number(bytes);
    std::string text;
    for (auto bit = width - 1; bit >= 0; --bit) {
        text += (number >> bit & 1) != 0 ? '1' : '0';
    }
    return text;
}

std::uint64_t bit_number(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char c : bytes) {
        number = number << 8 | static_cast<unsigned char>(c);
    }
    return number;
}

} // namespace migrate::mariadb
