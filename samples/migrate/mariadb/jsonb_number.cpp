// SPDX-License-Identifier: BSL-1.0
#include "mariadb/jsonb_number.hpp"

#include <algorithm>
#include <charconv>

namespace migrate::mariadb {
namespace {

constexpr int largest_exponent = 16000; // numeric has room for 16383 digits behind the point

std::optional<int> exponent_of(std::string_view digits) {
    if (digits.starts_with('+')) {
        digits.remove_prefix(1);
    }
    int exponent = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    const bool is_small = exponent <= largest_exponent && exponent >= -largest_exponent;
    return read.ec == std::errc() && is_small ? std::optional(exponent) : std::nullopt;
}

} // namespace

std::optional<std::string> jsonb_number(std::string_view number) {
    const bool is_negative = number.starts_with('-');
    number.remove_prefix(is_negative ? 1 : 0);
    int exponent = 0;
    if (const auto e = number.find_first_of("eE"); e != std::string_view::npos) {
        const auto read = exponent_of(number.substr(e + 1));
        if (!read) {
            return std::nullopt;
        }
        exponent = *read;
        number = number.substr(0, e);
    }
    const auto point = std::min(number.find('.'), number.size());
    std::string digits(number.substr(0, point));
    digits += number.substr(std::min(point + 1, number.size()));
    const int behind = static_cast<int>(digits.size() - point) - exponent; // digits behind the point
    if (behind < 0) {
        digits.append(static_cast<std::size_t>(-behind), '0');
    }
    const auto scale = static_cast<std::size_t>(std::max(behind, 0));
    if (digits.size() <= scale) {
        digits.insert(0, scale + 1 - digits.size(), '0');
    }
    std::string whole = digits.substr(0, digits.size() - scale);
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
    const bool is_zero = digits.find_first_not_of('0') == std::string::npos;
    return (is_negative && !is_zero ? "-" : "") + whole + (scale > 0 ? "." + digits.substr(digits.size() - scale) : "");
}

} // namespace migrate::mariadb
