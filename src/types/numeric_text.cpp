// SPDX-License-Identifier: BSL-1.0
// numeric from text, to text, and by way of text from and to floating point.
#include <pgcoro/types/numeric.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace pgcoro {
namespace {

constexpr int group_size = 4; // decimal digits in a digit of base 10000
constexpr std::int64_t largest_scale = 0x3fff;
constexpr std::int64_t most_weight = std::numeric_limits<std::int16_t>::max();

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

bool take(std::string_view& text, char c) noexcept {
    const bool is_there = text.starts_with(c);
    text.remove_prefix(is_there);
    return is_there;
}

std::string_view take_digits(std::string_view& text) noexcept {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(digits.size());
    return digits;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) noexcept {
    const auto same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b); };
    return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), same);
}

/// What stands behind the `e`, if that is all. One that is far out of any range is as good as any other.
std::optional<std::int64_t> take_exponent(std::string_view& text) noexcept {
    const bool is_negative = take(text, '-');
    if (!is_negative) {
        take(text, '+');
    }
    const auto digits = take_digits(text);
    if (digits.empty()) {
        return std::nullopt;
    }
    constexpr std::int64_t far = 1'000'000'000'000;
    std::int64_t exponent = 0;
    for (const char digit : digits) {
        exponent = std::min(far, 10 * exponent + (digit - '0'));
    }
    return is_negative ? -exponent : exponent;
}

/// Decimal digits without a point, which may be imagined in front of, behind or between them.
class decimal_digits {
public:
    decimal_digits(std::string_view before_point, std::string_view behind_point) noexcept
        : before_(before_point), behind_(behind_point) {}

    std::int64_t size() const noexcept { return static_cast<std::int64_t>(before_.size() + behind_.size()); }
    /// 0 outside of them.
    int at(std::int64_t i) const noexcept {
        if (i < 0 || i >= size()) {
            return 0;
        }
        const auto index = static_cast<std::size_t>(i);
        return (index < before_.size() ? before_[index] : behind_[index - before_.size()]) - '0';
    }
    /// The first that is not zero, or size().
    std::int64_t first_significant() const noexcept {
        std::int64_t i = 0;
        while (i < size() && at(i) == 0) {
            ++i;
        }
        return i;
    }
    /// Behind the last that is not zero, or 0.
    std::int64_t end_significant() const noexcept {
        std::int64_t i = size();
        while (i > 0 && at(i - 1) == 0) {
            --i;
        }
        return i;
    }

private:
    std::string_view before_;
    std::string_view behind_;
};

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept { return a / b - (a % b < 0); }

/// The shortest text from which a floating-point number can be read back.
template <class T>
std::string shortest(T value) {
    if (std::isnan(value)) {
        return "NaN"; // without the sign it may have
    }
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

} // namespace

numeric::numeric(float value) : numeric(parse(shortest(value)).value()) {}
numeric::numeric(double value) : numeric(parse(shortest(value)).value()) {}

result<numeric> numeric::parse(std::string_view text) {
    text = trimmed(text);
    if (equals_ignoring_case(text, "nan")) {
        return nan();
    }
    const bool is_negative = take(text, '-');
    if (!is_negative) {
        take(text, '+');
    }
    if (equals_ignoring_case(text, "infinity") || equals_ignoring_case(text, "inf")) {
        return is_negative ? minus_infinity() : infinity();
    }
    const auto before_point = take_digits(text);
    const auto behind_point = take(text, '.') ? take_digits(text) : std::string_view();
    const decimal_digits digits(before_point, behind_point);
    std::optional<std::int64_t> exponent = 0;
    if (take(text, 'e') || take(text, 'E')) {
        exponent = take_exponent(text);
    }
    if (digits.size() == 0 || !exponent || !text.empty()) {
        return errc::malformed_value;
    }

    const std::int64_t scale = std::max<std::int64_t>(0, static_cast<std::int64_t>(behind_point.size()) - *exponent);
    // Where the point is in the end, counted from the first digit.
    const std::int64_t point = static_cast<std::int64_t>(before_point.size()) + *exponent;
    const std::int64_t first = digits.first_significant();
    const std::int64_t end = digits.end_significant();
    numeric value(is_negative ? kind::negative : kind::positive);
    const std::int64_t weight = first < end ? floor_divide(point - first - 1, group_size) : 0;
    if (scale > largest_scale || weight > most_weight) {
        return errc::value_out_of_range;
    }
    value.scale_ = static_cast<std::uint16_t>(scale);
    value.weight_ = static_cast<std::int16_t>(weight);
    for (std::int64_t at = point - group_size * (weight + 1); at < end && first < end; at += group_size) {
        value.digits_.push_back(static_cast<std::int16_t>(1000 * digits.at(at) + 100 * digits.at(at + 1) +
                                                          10 * digits.at(at + 2) + digits.at(at + 3)));
    }
    value.normalise();
    return value;
}

std::string to_string(const numeric& value) {
    if (value.is_nan()) {
        return "NaN";
    }
    std::string text(value.is_negative() ? "-" : "");
    if (value.is_infinite()) {
        return text + "Infinity";
    }
    const auto digits = value.digits();
    // The four decimal digits of the one that counts 10000 to the power of `weight`.
    const auto append = [&](int weight) {
        const int i = value.weight() - weight;
        const int digit = i >= 0 && std::cmp_less(i, digits.size()) ? digits[static_cast<std::size_t>(i)] : 0;
        for (const int unit : {1000, 100, 10, 1}) {
            text.push_back(static_cast<char>('0' + digit / unit % 10));
        }
    };
    const std::size_t start = text.size();
    for (int weight = value.weight(); weight >= 0; --weight) {
        append(weight);
    }
    text.erase(start, std::min(text.find_first_not_of('0', start), text.size()) - start);
    if (text.size() == start) {
        text.push_back('0');
    }
    if (value.scale() != 0) {
        text.push_back('.');
        const std::size_t end = text.size() + static_cast<std::size_t>(value.scale());
        for (int weight = -1; text.size() < end; --weight) {
            append(weight);
        }
        text.resize(end);
    }
    return text;
}

double numeric::to_double() const {
    using limits = std::numeric_limits<double>;
    if (is_nan()) {
        return limits::quiet_NaN();
    }
    const std::string text = to_string(*this);
    double value = is_infinite() ? limits::infinity() : 0;
    if (is_finite()) {
        const auto read = std::from_chars(text.data() + is_negative(), text.data() + text.size(), value);
        if (read.ec == std::errc::result_out_of_range) {
            value = weight_ > 0 ? limits::infinity() : 0;
        }
    }
    return is_negative() ? -value : value;
}

} // namespace pgcoro
