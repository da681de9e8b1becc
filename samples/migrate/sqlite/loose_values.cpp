// SPDX-License-Identifier: BSL-1.0
#include "loose_values.hpp"

#include "decimal_text.hpp"
#include "moments.hpp"
#include "target_type.hpp"

#include <pgcoro/detail/utf8.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace migrate::sqlite {
namespace {

using storage = loose_value::storage;

constexpr std::size_t longest_shown = 40;
constexpr std::int64_t exact_integers = std::int64_t{1} << 53; // that a double has all of

std::string shortest(double d, std::chars_format format) {
    char text[400]; // not made zero for each value
    return {text, std::to_chars(text, text + sizeof text, d, format).ptr};
}

/// "the text "abc" is not ...". Bytes that are no text are not shown.
std::string complaint(const loose_value& v, const std::string& what) {
    switch (v.is) {
    case storage::integer: return "the integer " + std::to_string(v.integer) + " is not " + what;
    case storage::real: return "the number " + shortest(v.real, std::chars_format::general) + " is not " + what;
    case storage::blob: return "a blob of " + std::to_string(v.bytes.size()) + " bytes is not " + what;
    case storage::text: return "the text \"" + pgcoro::detail::clean_utf8(v.bytes, longest_shown) + "\" is not " + what;
    case storage::null: break;
    }
    return "NULL is not " + what;
}

template <class Number>
std::optional<Number> read_number(std::string_view text) {
    Number number{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::string hexadecimal(std::string_view bytes) {
    std::string text = "\\x";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

bool is_acceptable(std::string_view text) {
    return text.find('\0') == std::string_view::npos && pgcoro::detail::is_valid_utf8(text);
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// The text of a value that is no blob. `made` is where that of a number is.
std::optional<std::string_view> text_of(const loose_value& v, std::string& made) {
    switch (v.is) {
    case storage::integer: made = std::to_string(v.integer); break;
    case storage::real: made = shortest(v.real, std::chars_format::general); break;
    case storage::text: return is_acceptable(v.bytes) ? std::optional(v.bytes) : std::nullopt;
    default: return std::nullopt;
    }
    return made;
}

/// "numeric(8,2)": 8 and 2.
std::pair<int, int> modifiers_of(std::string_view type) {
    const auto open = type.find('(');
    const auto close = type.find(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return {-1, -1};
    }
    const std::string_view inside = type.substr(open + 1, close - open - 1);
    const auto comma = inside.find(',');
    const auto first = read_number<int>(inside.substr(0, comma));
    const auto second = comma == std::string_view::npos ? std::optional(0) : read_number<int>(inside.substr(comma + 1));
    return {first.value_or(-1), second.value_or(-1)};
}

} // namespace

value_rule value_rule::for_type(std::string_view type) {
    const std::string base = base_type(type);
    const auto [length, scale] = modifiers_of(type);
    const auto integer = [](auto sample) {
        value_rule r(kind::integer);
        r.least_ = std::numeric_limits<decltype(sample)>::min();
        r.most_ = std::numeric_limits<decltype(sample)>::max();
        return r;
    };
    const auto with_modifiers = [&](kind k) {
        value_rule r(k);
        r.length_ = length;
        r.scale_ = length < 0 ? -1 : scale;
        return r;
    };
    const bool has_modifiers = length >= 0;
    if (base == "smallint") {
        return integer(std::int16_t());
    }
    if (base == "integer") {
        return integer(std::int32_t());
    }
    if (base == "bigint") {
        return integer(std::int64_t());
    }
    if (base == "numeric") {
        return with_modifiers(kind::numeric);
    }
    if (base == "text" || base == "varchar") {
        return with_modifiers(kind::text);
    }
    if (base == "character") {
        value_rule r = with_modifiers(kind::padded);
        r.length_ = has_modifiers ? length : 1;
        return r;
    }
    constexpr std::array<std::pair<std::string_view, kind>, 6> exact{{{"boolean", kind::boolean},
                                                                      {"double precision", kind::floating},
                                                                      {"real", kind::single},
                                                                      {"bytea", kind::bytes},
                                                                      {"date", kind::date},
                                                                      {"uuid", kind::uuid}}};
    for (const auto& [name, k] : exact) {
        if (base == name) {
            return k;
        }
    }
    // With fewer digits behind the point the server would round.
    constexpr std::array<std::pair<std::string_view, kind>, 4> unrounded{
        {{"timestamp", kind::timestamp}, {"timestamptz", kind::timestamptz}, {"time", kind::time}, {"json", kind::json}}};
    for (const auto& [name, k] : unrounded) {
        if (base == name && !has_modifiers) {
            return k;
        }
    }
    return kind::other;
}

std::string value_rule::description() const {
    switch (kind_) {
    case kind::boolean: return "0 and 1 become false and true";
    case kind::timestamptz: return "texts without a time zone are UTC";
    case kind::bytes: return "texts become their bytes";
    default: return {};
    }
}

std::string value_rule::append(const loose_value& v, row_encoder& out) const {
    if (v.is == storage::null) {
        out.add_null();
        return {};
    }
    switch (kind_) {
    case kind::integer: return append_integer(v, out);
    case kind::boolean: return append_boolean(v, out);
    case kind::floating:
    case kind::single: return append_floating(v, out);
    case kind::numeric: return append_numeric(v, out);
    case kind::text:
    case kind::padded:
    case kind::other: return append_text(v, out);
    case kind::bytes: return append_bytes(v, out);
    case kind::date:
    case kind::timestamp:
    case kind::timestamptz:
    case kind::time: return append_moment(v, out);
    case kind::uuid: return append_uuid(v, out);
    case kind::json: break;
    }
    return append_json(v, out);
}

std::string value_rule::append_integer(const loose_value& v, row_encoder& out) const {
    std::optional<std::int64_t> number;
    if (v.is == storage::integer) {
        number = v.integer;
    } else if (v.is == storage::text) {
        number = read_number<std::int64_t>(v.bytes);
    } else if (v.is == storage::real && std::trunc(v.real) == v.real && std::abs(v.real) < 9e15) {
        number = static_cast<std::int64_t>(v.real);
    }
    if (!number) {
        return complaint(v, "an integer");
    }
    if (*number < least_ || *number > most_) {
        return complaint(v, "within the limits of the type");
    }
    std::array<char, 24> text{};
    const auto made = std::to_chars(text.data(), text.data() + text.size(), *number);
    out.add(std::string_view(text.data(), static_cast<std::size_t>(made.ptr - text.data())));
    return {};
}

std::string value_rule::append_boolean(const loose_value& v, row_encoder& out) const {
    std::string made;
    std::string word(text_of(v, made).value_or(""));
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool is_true = word == "1" || word == "true" || word == "t";
    if (!is_true && word != "0" && word != "false" && word != "f") {
        return complaint(v, "true or false");
    }
    // What boolean::text gives is not what COPY writes, but COPY reads both.
    out.add(is_true ? "true" : "false");
    return {};
}

std::string value_rule::append_floating(const loose_value& v, row_encoder& out) const {
    std::optional<double> number;
    if (v.is == storage::real) {
        number = v.real;
    } else if (v.is == storage::integer && v.integer <= exact_integers && v.integer >= -exact_integers) {
        number = static_cast<double>(v.integer);
    } else if (v.is == storage::text) {
        number = read_number<double>(v.bytes);
    }
    if (!number) {
        return complaint(v, "a floating point number");
    }
    if (kind_ == kind::floating) {
        out.add(*number);
        return {};
    }
    const auto single = static_cast<float>(*number);
    if (static_cast<double>(single) != *number) {
        return complaint(v, "exact as a real");
    }
    out.add(single);
    return {};
}

std::string value_rule::append_numeric(const loose_value& v, row_encoder& out) const {
    std::string made;
    std::optional<std::string_view> number;
    if (v.is == storage::real && std::isfinite(v.real)) {
        made = shortest(v.real, std::chars_format::fixed);
        number = made;
    } else if (v.is != storage::real) {
        number = text_of(v, made);
    }
    const auto text = number ? decimal_text(*number, length_, scale_) : std::nullopt;
    if (!text) {
        return complaint(v, length_ < 0 ? "a decimal number" : "a decimal number with so many digits");
    }
    out.add(*text);
    return {};
}

std::string value_rule::append_text(const loose_value& v, row_encoder& out) const {
    std::string made;
    const auto text = text_of(v, made);
    if (!text) {
        return complaint(v, v.is == storage::text ? "UTF-8 without NUL characters" : "text");
    }
    if (length_ >= 0 && count_characters(*text) > static_cast<std::size_t>(length_)) {
        return complaint(v, "of at most " + std::to_string(length_) + " characters");
    }
    std::string_view canonical = *text;
    if (kind_ == kind::padded) {
        canonical = canonical.substr(0, canonical.find_last_not_of(' ') + 1);
    }
    out.add(*text, canonical);
    return {};
}

std::string value_rule::append_bytes(const loose_value& v, row_encoder& out) const {
    if (v.is != storage::blob && v.is != storage::text) {
        return complaint(v, "a blob");
    }
    out.add(hexadecimal(v.bytes));
    return {};
}

std::string value_rule::append_moment(const loose_value& v, row_encoder& out) const {
    std::optional<std::string> text;
    const char* what = "a date like 2026-11-29";
    if (v.is == storage::text) {
        switch (kind_) {
        case kind::date: text = read_date(v.bytes); break;
        case kind::time: text = read_time(v.bytes); break;
        case kind::timestamp: text = read_timestamp(v.bytes); break;
        default: text = read_timestamptz(v.bytes); break;
        }
    }
    switch (kind_) {
    case kind::time: what = "a time like 08:00:00"; break;
    case kind::timestamp: what = "a timestamp without time zone like 2026-11-29 08:00:00"; break;
    case kind::timestamptz: what = "a timestamp like 2026-11-29 08:00:00+00:00"; break;
    default: break;
    }
    if (!text) {
        return complaint(v, what);
    }
    out.add(*text);
    return {};
}

std::string value_rule::append_uuid(const loose_value& v, row_encoder& out) const {
    std::string text = v.is == storage::text ? std::string(v.bytes) : std::string();
    bool is_uuid = text.size() == 36;
    for (std::size_t i = 0; is_uuid && i < text.size(); ++i) {
        text[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        is_uuid = is_dash ? text[i] == '-' : std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
    }
    if (!is_uuid) {
        return complaint(v, "a UUID");
    }
    out.add(text);
    return {};
}

std::string value_rule::append_json(const loose_value& v, row_encoder& out) const {
    std::string made;
    const auto text = text_of(v, made);
    boost::system::error_code failure;
    if (text) {
        boost::json::parse(*text, failure);
    }
    if (!text || failure) {
        return complaint(v, "JSON");
    }
    out.add(*text);
    return {};
}

} // namespace migrate::sqlite
