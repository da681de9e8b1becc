// SPDX-License-Identifier: BSL-1.0
#include "number_format.hpp"

namespace etl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the digits at the beginning.
std::string_view take_digits(std::string_view& text) {
    std::size_t n = 0;
    while (n < text.size() && is_digit(text[n])) {
        ++n;
    }
    const auto digits = text.substr(0, n);
    text.remove_prefix(n);
    return digits;
}

} // namespace

std::optional<std::string> number_format::convert(std::string_view text) const {
    std::string number;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        number = text[0] == '-' ? "-" : "";
        text.remove_prefix(1);
    }
    const auto first = take_digits(text);
    number += first;
    bool is_grouped = false;
    while (thousands && !text.empty() && text[0] == *thousands) {
        text.remove_prefix(1);
        const auto group = take_digits(text);
        if (group.size() != 3) {
            return std::nullopt; // "1.5" is not 15
        }
        number += group;
        is_grouped = true;
    }
    if (first.empty() || (is_grouped && first.size() > 3)) {
        return std::nullopt;
    }
    if (!is_integer && !text.empty() && text[0] == decimal) {
        text.remove_prefix(1);
        const auto fraction = take_digits(text);
        if (fraction.empty()) {
            return std::nullopt;
        }
        number += '.';
        number += fraction;
    }
    return text.empty() ? std::optional(number) : std::nullopt;
}

} // namespace etl
