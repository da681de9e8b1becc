// SPDX-License-Identifier: BSL-1.0
// numeric, exactly. <pgcoro/types/multiprecision.hpp> reads it into the numbers of Boost.Multiprecision, for
// calculations.
#pragma once

#include <pgcoro/pg_type.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/types/integer.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgcoro {

/// A decimal number with up to 131 072 digits before the point and 16 383 after it, NaN, or an infinity (the infinities need
/// PostgreSQL 14). It keeps its scale, as PostgreSQL does: 1.50 is equal to 1.5, but prints its zero.
///
/// A value to store, compare and convert; it does not calculate.
class numeric {
public:
    /// Zero.
    numeric() noexcept = default;

    template <detail::number_like T>
    numeric(T value) : numeric(magnitude(value), std::cmp_less(value, 0)) {}

    /// The shortest decimal number that reads back as `value`: 0.1 gives 0.1. NaN and the infinities are kept.
    explicit numeric(float value);
    explicit numeric(double value);

    static numeric nan() noexcept { return numeric(kind::nan); }
    static numeric infinity() noexcept { return numeric(kind::infinity); }
    static numeric minus_infinity() noexcept { return numeric(kind::minus_infinity); }

    /// Reads what the server accepts: "-12.50", ".5", "1e-3", "NaN", "Infinity", "-inf", with spaces around.
    ///
    /// Errors: `errc::malformed_value`; `errc::value_out_of_range` if there are more digits than PostgreSQL can hold.
    static result<numeric> parse(std::string_view text);

    bool is_nan() const noexcept { return kind_ == kind::nan; }
    bool is_infinite() const noexcept { return kind_ == kind::infinity || kind_ == kind::minus_infinity; }
    bool is_finite() const noexcept { return kind_ == kind::positive || kind_ == kind::negative; }
    bool is_negative() const noexcept { return kind_ == kind::negative || kind_ == kind::minus_infinity; }

    /// Whether it is finite and has no fraction other than zeros.
    bool is_integer() const noexcept { return is_finite() && digits_behind_point() == 0; }
    /// The number of decimal digits from the first to the last nonzero one. 0 for 0, NaN and the infinities.
    int significant_digits() const noexcept;

    /// The number of decimal digits after the point. 0 for NaN and the infinities.
    int scale() const noexcept { return scale_; }

    /// The digits of base 10000, without zeros at either end: none for 0, NaN and the infinities. The first one counts 10000 to
    /// the power of `weight()`, the next one a ten-thousandth of that, and so on.
    std::span<const std::int16_t> digits() const noexcept { return digits_; }
    int weight() const noexcept { return weight_; }

    /// The same number as an integer. Errors: `errc::value_out_of_range` if it is not a whole number, or T cannot hold it.
    template <detail::number_like T>
    result<T> to() const {
        T value{};
        if (detail::whole_number number{0, is_negative()}; whole(number.magnitude) && number.to(value)) {
            return value;
        }
        return errc::value_out_of_range;
    }

    /// The nearest double: an infinity or 0 if the number is too large or too small for one.
    double to_double() const;

    /// Compares as PostgreSQL does: by value, whatever the scales; NaN equals itself and is greater than everything else.
    friend bool operator==(const numeric& a, const numeric& b) noexcept { return compare(a, b) == 0; }
    friend std::weak_ordering operator<=>(const numeric& a, const numeric& b) noexcept { return compare(a, b) <=> 0; }

private:
    friend struct pg_type<numeric>;

    // In PostgreSQL's order.
    enum class kind : std::uint8_t { minus_infinity, negative, positive, infinity, nan };

    explicit numeric(kind special) noexcept : kind_(special) {}
    numeric(std::uint64_t magnitude, bool is_negative);

    template <class T>
    static constexpr std::uint64_t magnitude(T value) noexcept {
        return std::cmp_less(value, 0) ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    }

    static int compare(const numeric& a, const numeric& b) noexcept;
    /// The magnitude, if it is a whole number of 64 bits.
    bool whole(std::uint64_t& magnitude) const noexcept;
    /// Drops zeros at both ends; a zero becomes positive. False if the weight is less than PostgreSQL can hold.
    bool normalise() noexcept;
    /// The number of decimal digits needed after the point.
    int digits_behind_point() const noexcept;

    std::vector<std::int16_t> digits_;
    std::int16_t weight_ = 0;
    std::uint16_t scale_ = 0;
    kind kind_ = kind::positive;
};

/// As the server prints it: "-12.50", "NaN", "-Infinity". Never with an exponent, so up to 147 457 characters.
std::string to_string(const numeric& value);

/// Can also be read from columns of integers.
template <>
struct pg_type<numeric> {
    static constexpr std::string_view name = "pgcoro::numeric";
    static constexpr oid_number oid = oids::numeric;
    static constexpr oid_number array_oid = oids::numeric_array;

    static void encode(const numeric& value, value_writer& out);

    static constexpr bool accepts(oid_number column) noexcept {
        return column == oid || column == oids::int2 || column == oids::int4 || column == oids::int8;
    }

    static errc decode(oid_number column, value_bytes bytes, numeric& out);
};

} // namespace pgcoro
