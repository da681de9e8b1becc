// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/numeric.hpp>

#include <algorithm>
#include <array>

namespace pgcoro {
namespace {

constexpr int base = 10000;

// How the sign field says what a number is.
constexpr std::uint16_t sign_positive = 0x0000;
constexpr std::uint16_t sign_negative = 0x4000;
constexpr std::uint16_t sign_nan = 0xc000;
constexpr std::uint16_t sign_infinity = 0xd000;
constexpr std::uint16_t sign_minus_infinity = 0xf000;

constexpr std::uint16_t most_scale = 0x3fff;
constexpr std::size_t header_size = 8;

/// A value taken apart.
struct numeric_parts {
    std::size_t count = 0;
    int weight = 0;
    std::uint16_t sign = 0;
    std::uint16_t scale = 0;
    value_bytes digits;

    bool is_finite() const noexcept { return sign == sign_positive || sign == sign_negative; }
    int digit(std::size_t i) const noexcept { return detail::load_big_endian<std::uint16_t>(digits.data() + 2 * i); }
};

/// False if it is malformed. NaN and the infinities have no digits that mean something.
bool split(value_bytes bytes, numeric_parts& out) noexcept {
    if (bytes.size() < header_size) {
        return false;
    }
    const auto field = [&](std::size_t i) { return detail::load_big_endian<std::uint16_t>(bytes.data() + 2 * i); };
    out = {field(0), static_cast<std::int16_t>(field(1)), field(2), field(3), bytes.subspan(header_size)};
    if (out.digits.size() != 2 * out.count) {
        return false;
    }
    if (!out.is_finite()) {
        return out.sign == sign_nan || out.sign == sign_infinity || out.sign == sign_minus_infinity;
    }
    for (std::size_t i = 0; i < out.count; ++i) {
        if (out.digit(i) >= base) {
            return false;
        }
    }
    return out.scale <= most_scale;
}

/// Puts a digit behind the others. False if the number then has more than 64 bits.
bool append_digit(std::uint64_t& number, int digit) noexcept {
    return !__builtin_mul_overflow(number, std::uint64_t{base}, &number) &&
           !__builtin_add_overflow(number, static_cast<std::uint64_t>(digit), &number);
}

/// In a digit of base 10000 that is not zero.
constexpr int zeros_behind(int digit) noexcept {
    return digit % 1000 == 0 ? 3 : digit % 100 == 0 ? 2 : digit % 10 == 0 ? 1 : 0;
}

} // namespace

numeric::numeric(std::uint64_t magnitude, bool is_negative) : kind_(is_negative ? kind::negative : kind::positive) {
    std::array<std::int16_t, 5> digits{};
    std::size_t count = 0;
    for (; magnitude != 0; magnitude /= base) {
        digits[count++] = static_cast<std::int16_t>(magnitude % base);
    }
    weight_ = count == 0 ? std::int16_t{0} : static_cast<std::int16_t>(count - 1);
    digits_.assign(digits.rend() - static_cast<std::ptrdiff_t>(count), digits.rend());
    normalise();
}

bool numeric::normalise() noexcept {
    const auto is_zero = [](std::int16_t digit) { return digit == 0; };
    const auto last = std::find_if_not(digits_.rbegin(), digits_.rend(), is_zero).base();
    digits_.erase(last, digits_.end());
    const auto first = std::find_if_not(digits_.begin(), digits_.end(), is_zero);
    const auto weight = weight_ - (first - digits_.begin());
    digits_.erase(digits_.begin(), first);
    if (digits_.empty()) {
        weight_ = 0;
        kind_ = kind_ == kind::negative ? kind::positive : kind_;
        return true;
    }
    weight_ = static_cast<std::int16_t>(weight);
    return weight_ == weight;
}

int numeric::digits_behind_point() const noexcept {
    const int groups = static_cast<int>(digits_.size()) - (weight_ + 1);
    return digits_.empty() || groups <= 0 ? 0 : 4 * groups - zeros_behind(digits_.back());
}

int numeric::significant_digits() const noexcept {
    if (digits_.empty()) {
        return 0;
    }
    const int first = digits_.front();
    const int zeros_before = first < 10 ? 3 : first < 100 ? 2 : first < 1000 ? 1 : 0;
    return 4 * static_cast<int>(digits_.size()) - zeros_before - zeros_behind(digits_.back());
}

int numeric::compare(const numeric& a, const numeric& b) noexcept {
    if (a.kind_ != b.kind_) {
        return a.kind_ < b.kind_ ? -1 : 1;
    }
    int magnitudes = 0;
    if (a.digits_.empty() || b.digits_.empty()) {
        magnitudes = static_cast<int>(b.digits_.empty()) - static_cast<int>(a.digits_.empty());
    } else if (a.weight_ != b.weight_) {
        magnitudes = a.weight_ < b.weight_ ? -1 : 1;
    } else {
        const auto order =
            std::lexicographical_compare_three_way(a.digits_.begin(), a.digits_.end(), b.digits_.begin(), b.digits_.end());
        magnitudes = order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    return a.kind_ == kind::negative ? -magnitudes : magnitudes;
}

bool numeric::whole(std::uint64_t& magnitude) const noexcept {
    constexpr int most_weight = 4; // 10000 to the power of 5 is more than 64 bits
    if (!is_finite() || weight_ > most_weight || std::cmp_greater(digits_.size(), weight_ + 1)) {
        return false;
    }
    magnitude = 0;
    for (int i = 0; i <= weight_; ++i) {
        const auto index = static_cast<std::size_t>(i);
        if (!append_digit(magnitude, index < digits_.size() ? digits_[index] : 0)) {
            return false;
        }
    }
    return true;
}

void pg_type<numeric>::encode(const numeric& value, value_writer& out) {
    using kind = numeric::kind;
    constexpr std::array<std::uint16_t, 5> signs{sign_minus_infinity, sign_negative, sign_positive, sign_infinity, sign_nan};
    static_assert(static_cast<int>(kind::minus_infinity) == 0 && static_cast<int>(kind::nan) == 4);
    out.put(static_cast<std::uint16_t>(value.digits_.size()));
    out.put(static_cast<std::uint16_t>(value.weight_));
    out.put(signs[static_cast<std::size_t>(value.kind_)]);
    out.put(value.scale_);
    for (const std::int16_t digit : value.digits_) {
        out.put(static_cast<std::uint16_t>(digit));
    }
}

errc pg_type<numeric>::decode(oid_number column, value_bytes bytes, numeric& out) {
    if (column != oid) {
        std::int64_t integer = 0;
        const errc failure = detail::decode_integer(column, bytes, integer);
        out = integer;
        return failure;
    }
    numeric_parts parts;
    if (!split(bytes, parts)) {
        return errc::malformed_value;
    }
    switch (parts.sign) {
    case sign_nan: out = numeric::nan(); return {};
    case sign_infinity: out = numeric::infinity(); return {};
    case sign_minus_infinity: out = numeric::minus_infinity(); return {};
    default: break;
    }
    numeric value(parts.sign == sign_negative ? numeric::kind::negative : numeric::kind::positive);
    value.weight_ = static_cast<std::int16_t>(parts.weight);
    value.scale_ = parts.scale;
    value.digits_.reserve(parts.count);
    for (std::size_t i = 0; i < parts.count; ++i) {
        value.digits_.push_back(static_cast<std::int16_t>(parts.digit(i)));
    }
    if (!value.normalise() || value.digits_behind_point() > value.scale_) {
        return errc::malformed_value;
    }
    out = std::move(value);
    return {};
}

errc detail::decode_whole_numeric(value_bytes bytes, whole_number& out) noexcept {
    numeric_parts parts;
    if (!split(bytes, parts)) {
        return errc::malformed_value;
    }
    if (!parts.is_finite()) {
        return errc::value_out_of_range;
    }
    out = {0, parts.sign == sign_negative};
    int weight = parts.weight; // of the next digit
    for (std::size_t i = 0; i < parts.count; ++i, --weight) {
        if (weight < 0 ? parts.digit(i) != 0 : !append_digit(out.magnitude, parts.digit(i))) {
            return errc::value_out_of_range;
        }
    }
    for (; weight >= 0 && out.magnitude != 0; --weight) { // zeros are not sent
        if (!append_digit(out.magnitude, 0)) {
            return errc::value_out_of_range;
        }
    }
    return {};
}

} // namespace pgcoro
