// SPDX-License-Identifier: BSL-1.0
#include "decimal_sum.hpp"

#include <algorithm>
#include <charconv>

namespace migrate {
namespace {

using boost::multiprecision::cpp_int;

constexpr std::size_t digits_of_int64 = 18; // that every 64-bit integer can have
constexpr std::size_t most_digits = 20'000; // behind the point; PostgreSQL's numeric has at most 16383

} // namespace

void decimal_sum::add(std::string_view number) { is_nan_ = is_nan_ || !add_digits(number); }

bool decimal_sum::add_digits(std::string_view number) {
    int exponent = 0;
    if (const auto e = number.find_first_of("eE"); e != std::string_view::npos) {
        std::string_view power = number.substr(e + 1);
        if (power.starts_with('+')) {
            power.remove_prefix(1);
        }
        const auto read = std::from_chars(power.data(), power.data() + power.size(), exponent);
        if (read.ec != std::errc() || read.ptr != power.data() + power.size()) {
            return false;
        }
        number = number.substr(0, e);
    }
    const bool is_negative = number.starts_with('-');
    if (is_negative || number.starts_with('+')) {
        number.remove_prefix(1);
    }
    std::string digits;
    digits.reserve(number.size());
    const auto point = number.find('.');
    digits.append(number.substr(0, point));
    long scale = 0;
    if (point != std::string_view::npos) {
        digits.append(number.substr(point + 1));
        scale = static_cast<long>(number.size() - point - 1);
    }
    scale -= exponent;
    if (scale < 0 && -scale < static_cast<long>(most_digits)) {
        digits.append(static_cast<std::size_t>(-scale), '0');
        scale = 0;
    }
    if (digits.empty() || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }) || scale < 0 ||
        scale > static_cast<long>(most_digits)) {
        return false;
    }
    if (by_scale_.size() <= static_cast<std::size_t>(scale)) {
        by_scale_.resize(static_cast<std::size_t>(scale) + 1);
    }
    integer_sum& sum = by_scale_[static_cast<std::size_t>(scale)];
    if (digits.size() <= digits_of_int64) {
        std::int64_t value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        sum.add(is_negative ? -value : value);
    } else {
        digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1)); // 0 at the front means octal
        const cpp_int value(digits);
        sum.add(is_negative ? cpp_int(-value) : value);
    }
    return true;
}

std::string decimal_sum::text() const {
    if (is_nan_) {
        return "NaN";
    }
    cpp_int total;
    for (std::size_t scale = 0; scale < by_scale_.size(); ++scale) {
        if (scale > 0) {
            total *= 10;
        }
        total += by_scale_[scale].total();
    }
    const bool is_negative = total < 0;
    std::string digits = cpp_int(abs(total)).str();
    const std::size_t scale = by_scale_.empty() ? 0 : by_scale_.size() - 1;
    if (scale > 0) {
        if (digits.size() <= scale) {
            digits.insert(0, scale + 1 - digits.size(), '0');
        }
        digits.insert(digits.size() - scale, 1, '.');
        digits.erase(digits.find_last_not_of('0') + 1);
        if (digits.back() == '.') {
            digits.pop_back();
        }
    }
    return is_negative ? "-" + digits : digits;
}

} // namespace migrate
