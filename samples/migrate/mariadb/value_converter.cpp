// SPDX-License-Identifier: BSL-1.0
#include "mariadb/value_converter.hpp"

#include "mariadb/array_text.hpp"
#include "mariadb/bit_text.hpp"
#include "mariadb/calendar.hpp"
#include "mariadb/jsonb_text.hpp"
#include "mariadb/text_repair.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace migrate::mariadb {
namespace {

double number_of(std::string_view text) {
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// "00042" is 42, "0000" is 0, "000.50" is 0.50.
std::string_view without_leading_zeros(std::string_view digits) {
    while (digits.size() > 1 && digits[0] == '0' && digits[1] != '.') {
        digits.remove_prefix(1);
    }
    return digits;
}

/// As the converter compares numbers: without zeros at the beginning and behind the point, and without the sign of zero.
std::string plain_digits(std::string_view number) {
    const bool is_negative = number.starts_with('-');
    number = without_leading_zeros(number.substr(is_negative ? 1 : 0));
    if (number.find('.') != std::string_view::npos) {
        number = number.substr(0, number.find_last_not_of('0') + 1);
        number.remove_suffix(number.ends_with('.') ? 1 : 0);
    }
    return (is_negative && number != "0" ? "-" : "") + std::string(number);
}

/// An integer must be the value of the double, whose text has fewer digits; a fraction must be the text that PostgreSQL shows,
/// as hardly any is the value. No two numbers become the same double.
converted exact_number(std::string_view value) {
    const std::string digits = plain_digits(value);
    const double number = number_of(digits);
    std::array<char, 512> text{};
    char* const end = text.data() + text.size();
    const auto made = digits.find('.') == std::string::npos
                          ? std::to_chars(text.data(), end, number, std::chars_format::fixed, 0)
                          : std::to_chars(text.data(), end, number, std::chars_format::fixed);
    if (std::string_view(text.data(), static_cast<std::size_t>(made.ptr - text.data())) != digits) {
        return defect{"is not exact in double precision"};
    }
    return number;
}

/// A cast to text gives other words than the type's output.
converted boolean(bool b) { return b ? converted_text{"t", "true"} : converted_text{"f", "false"}; }

} // namespace

converted value_converter::convert(std::string_view value) {
    switch (how_) {
    case conversion::none: return same(value);
    case conversion::text: return text(value);
    case conversion::without_zeros: return same(without_leading_zeros(value));
    case conversion::to_boolean:
        if (value != "0" && value != "1") {
            return defect{"is neither 0 nor 1, so it cannot become a boolean"};
        }
        return boolean(value == "1");
    case conversion::bits_to_boolean: return boolean(bit_number(value) != 0);
    case conversion::bits_to_digits: return made(bit_string(value, from_.length.value_or(1)));
    case conversion::bits_to_number: return made(std::to_string(bit_number(value)));
    case conversion::to_real: return static_cast<float>(number_of(value));
    case conversion::to_double: return number_of(value);
    case conversion::to_exact_double: return exact_number(value);
    case conversion::date:
    case conversion::date_time: return date(value);
    case conversion::point_in_time: return point_in_time(value);
    case conversion::interval: return same(without_trailing_zeros(value));
    case conversion::time_of_day:
        if (!is_time_of_day(value)) {
            return defect{"is not a time of day"};
        }
        return same(without_trailing_zeros(value));
    case conversion::choice: return label(value);
    case conversion::choices_to_array: {
        const converted checked = text(value);
        const auto* labels = std::get_if<converted_text>(&checked);
        return labels ? made(array_of_labels(labels->sent)) : checked;
    }
    case conversion::json: return json(value);
    case conversion::bytes: return made(bytea_text(value));
    case conversion::bytes_to_uuid:
        if (value.size() != 16) {
            return defect{"has not the 16 bytes of a UUID"};
        }
        return made(uuid_text(value));
    case conversion::address:
        canonical_ = std::string(value) + (value.find(':') == std::string_view::npos ? "/32" : "/128");
        return converted_text{value, canonical_};
    }
    return defect{"cannot be converted"};
}

converted value_converter::made(std::string text) {
    made_ = std::move(text);
    return same(made_);
}

converted value_converter::text(std::string_view value) {
    if (is_acceptable_text(value)) {
        return same(value);
    }
    if (invalid_ == invalid_text::replace) {
        return made(repaired_text(value));
    }
    return defect{value.find('\0') != std::string_view::npos ? "has a NUL character, which PostgreSQL's text cannot hold"
                                                             : "is not valid UTF-8"};
}

/// MariaDB stores an empty text for what was not a label when it was written.
converted value_converter::label(std::string_view value) {
    if (std::find(from_.labels.begin(), from_.labels.end(), value) == from_.labels.end()) {
        return defect{"is not one of the type's labels"};
    }
    return same(value);
}

converted value_converter::json(std::string_view value) {
    const converted checked = text(value);
    const auto* acceptable = std::get_if<converted_text>(&checked);
    if (!acceptable) {
        return checked;
    }
    auto printed = jsonb_text(acceptable->sent);
    if (const auto* refused = std::get_if<not_jsonb>(&printed)) {
        return defect{"cannot become jsonb: " + refused->reason};
    }
    canonical_ = std::get<std::string>(std::move(printed));
    return converted_text{acceptable->sent, canonical_};
}

converted value_converter::date(std::string_view value) {
    if (!is_real_date(value)) {
        return defect{"is not a date", true};
    }
    return same(how_ == conversion::date ? value : without_trailing_zeros(value));
}

converted value_converter::point_in_time(std::string_view value) {
    if (!is_real_date(value)) {
        return defect{"is not a date", true};
    }
    return made(std::string(without_trailing_zeros(value)) + "+00");
}

} // namespace migrate::mariadb
