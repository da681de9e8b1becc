// SPDX-License-Identifier: BSL-1.0
#include "decimal_text.hpp"

namespace migrate::sqlite {

std::optional<std::string> decimal_text(std::string_view number, int precision, int scale) {
    const bool is_negative = number.starts_with('-');
    if (is_negative || number.starts_with('+')) {
        number.remove_prefix(1);
    }
    const auto point = number.find('.');
    std::string_view whole = number.substr(0, point);
    std::string fraction(point == std::string_view::npos ? std::string_view() : number.substr(point + 1));
    constexpr std::string_view digits = "0123456789";
    if (whole.find_first_not_of(digits) != std::string_view::npos || fraction.find_first_not_of(digits) != std::string::npos ||
        whole.size() + fraction.size() == 0) {
        return std::nullopt;
    }
    whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
    if (scale >= 0) {
        while (fraction.size() > static_cast<std::size_t>(scale) && fraction.back() == '0') {
            fraction.pop_back();
        }
        if (fraction.size() > static_cast<std::size_t>(scale) ||
            (precision >= 0 && whole.size() > static_cast<std::size_t>(precision - scale))) {
            return std::nullopt;
        }
        fraction.resize(static_cast<std::size_t>(scale), '0');
    }
    const bool is_zero = whole.empty() && fraction.find_first_not_of('0') == std::string::npos;
    return (is_negative && !is_zero ? "-" : "") + (whole.empty() ? std::string("0") : std::string(whole)) +
           (fraction.empty() ? "" : "." + fraction);
}

} // namespace migrate::sqlite
