// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/utf8.hpp>

#include <cstddef>

namespace pgcoro::detail {
namespace {

// A first byte says how many bytes follow it, and its value narrows the second one where overlong forms, surrogates or code
// points above U+10FFFF would begin (Unicode, table "Well-Formed UTF-8 Byte Sequences").
struct sequence {
    std::size_t size;
    unsigned char second_min = 0x80;
    unsigned char second_max = 0xbf;
};

constexpr sequence sequence_of(unsigned char first) noexcept {
    if (first < 0x80) {
        return {1};
    }
    if (first < 0xc2) {
        return {0};
    }
    if (first < 0xe0) {
        return {2};
    }
    if (first < 0xf0) {
        return first == 0xe0 ? sequence{3, 0xa0, 0xbf} : first == 0xed ? sequence{3, 0x80, 0x9f} : sequence{3};
    }
    if (first < 0xf5) {
        return first == 0xf0 ? sequence{4, 0x90, 0xbf} : first == 0xf4 ? sequence{4, 0x80, 0x8f} : sequence{4};
    }
    return {0};
}

} // namespace

bool is_valid_utf8(std::string_view text) noexcept { return valid_utf8_prefix(text) == text.size(); }

std::size_t valid_utf8_prefix(std::string_view text) noexcept {
    std::size_t valid = 0;
    while (valid < text.size()) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[valid + i]); };
        const sequence expected = sequence_of(byte(0));
        if (expected.size == 0 || expected.size > text.size() - valid) {
            return valid;
        }
        if (expected.size > 1 && (byte(1) < expected.second_min || byte(1) > expected.second_max)) {
            return valid;
        }
        for (std::size_t i = 2; i < expected.size; ++i) {
            if (byte(i) < 0x80 || byte(i) > 0xbf) {
                return valid;
            }
        }
        valid += expected.size;
    }
    return valid;
}

std::string clean_utf8(std::string_view text, std::size_t limit) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    constexpr std::string_view ellipsis = "\xe2\x80\xa6";
    const bool is_cut = text.size() > limit;
    if (is_cut) {
        // Back to where a character begins: at most three bytes, for text that is not UTF-8 may have no beginning at all.
        std::size_t end = limit;
        while (end > 0 && limit - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
            --end;
        }
        text = text.substr(0, end);
    }
    std::string clean;
    clean.reserve(text.size() + ellipsis.size());
    for (;;) {
        const auto valid = valid_utf8_prefix(text);
        clean += text.substr(0, valid);
        if (valid == text.size()) {
            break;
        }
        clean += replacement;
        text.remove_prefix(valid + 1);
    }
    if (is_cut) {
        clean += ellipsis;
    }
    return clean;
}

} // namespace pgcoro::detail
