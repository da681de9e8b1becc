// SPDX-License-Identifier: BSL-1.0
// numeric as the numbers of Boost.Multiprecision, for calculations: cpp_int and its fixed-size variants, cpp_dec_float. Not in
// <pgcoro/types.hpp>: include it where you need it.
//
// Reading loses nothing. These are `errc::value_out_of_range`: a fraction read into an integer, more significant
// digits than a cpp_dec_float guarantees (numeric_limits<T>::digits10), and NaN and the infinities if the type has
// none.
#pragma once

#include <pgcoro/types/numeric.hpp>

#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <ios>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro {
namespace detail {

template <class Backend>
concept integer_backend = boost::multiprecision::number_category<Backend>::value == boost::multiprecision::number_kind_integer;

/// A backend with decimal digits, so that decimal fractions stay exact.
template <class Backend>
concept decimal_backend =
    boost::multiprecision::number_category<Backend>::value == boost::multiprecision::number_kind_floating_point &&
    std::numeric_limits<boost::multiprecision::number<Backend>>::radix == 10;

inline void encode_decimal(std::string_view text, value_writer& out) {
    if (const auto value = numeric::parse(text)) {
        pg_type<numeric>::encode(value.assume_value(), out);
    } else {
        out.fail(errc::value_out_of_range);
    }
}

} // namespace detail

template <class Backend, boost::multiprecision::expression_template_option Templates>
    requires detail::integer_backend<Backend>
struct pg_type<boost::multiprecision::number<Backend, Templates>> {
    using integer = boost::multiprecision::number<Backend, Templates>;
    static constexpr std::string_view name = "boost::multiprecision::cpp_int";
    static constexpr oid_number oid = oids::numeric;
    static constexpr oid_number array_oid = oids::numeric_array;

    static void encode(const integer& value, value_writer& out) { detail::encode_decimal(value.str(), out); }

    static constexpr bool accepts(oid_number column) noexcept { return pg_type<numeric>::accepts(column); }

    static errc decode(oid_number column, value_bytes bytes, integer& out) {
        numeric value;
        if (const errc failure = pg_type<numeric>::decode(column, bytes, value); failure != errc{}) {
            return failure;
        }
        if (!value.is_integer()) {
            return errc::value_out_of_range;
        }
        std::string text = to_string(value);
        text.resize(std::min(text.find('.'), text.size()));
        using limits = std::numeric_limits<integer>;
        if (limits::is_bounded && std::cmp_greater(text.size(), limits::digits10 + 2)) { // a sign, and a digit beyond digits10
            return errc::value_out_of_range;
        }
        const boost::multiprecision::cpp_int any_size(text);
        if constexpr (limits::is_bounded) {
            using boost::multiprecision::cpp_int;
            if (any_size > cpp_int(limits::max()) || any_size < cpp_int(limits::min())) {
                return errc::value_out_of_range;
            }
        } else if (!limits::is_signed && any_size < 0) {
            return errc::value_out_of_range;
        }
        out = static_cast<integer>(any_size);
        return {};
    }
};

template <class Backend, boost::multiprecision::expression_template_option Templates>
    requires detail::decimal_backend<Backend>
struct pg_type<boost::multiprecision::number<Backend, Templates>> {
    using decimal = boost::multiprecision::number<Backend, Templates>;
    static constexpr std::string_view name = "boost::multiprecision::cpp_dec_float";
    static constexpr oid_number oid = oids::numeric;
    static constexpr oid_number array_oid = oids::numeric_array;

    static void encode(const decimal& value, value_writer& out) {
        detail::encode_decimal(value.str(0, std::ios_base::fmtflags{}), out);
    }

    static constexpr bool accepts(oid_number column) noexcept { return pg_type<numeric>::accepts(column); }

    static errc decode(oid_number column, value_bytes bytes, decimal& out) {
        using limits = std::numeric_limits<decimal>;
        numeric value;
        if (const errc failure = pg_type<numeric>::decode(column, bytes, value); failure != errc{}) {
            return failure;
        }
        if (value.significant_digits() > limits::digits10) {
            return errc::value_out_of_range;
        }
        if (value.is_nan()) {
            out = limits::quiet_NaN();
        } else if (value.is_infinite()) {
            out = value.is_negative() ? decimal(-limits::infinity()) : limits::infinity();
        } else {
            out = decimal(to_string(value));
        }
        return {};
    }
};

} // namespace pgcoro
