// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/binary_form.hpp>

#include "types/array_literal.hpp"
#include "types/time_literal.hpp"

#include <pgcoro/detail/array_format.hpp>
#include <pgcoro/types/floating_point.hpp>
#include <pgcoro/types/identifiers.hpp>
#include <pgcoro/types/numeric.hpp>
#include <pgcoro/types/text.hpp>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>

namespace pgcoro::detail {
namespace {

template <class T>
bool read_number(std::string_view text, T& out, int base = 10) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return failure == std::errc() && end == text.data() + text.size();
}

template <std::integral T>
errc write_integer(std::string_view text, value_writer& out) {
    T value{};
    if (!read_number(text, value)) {
        return errc::malformed_value;
    }
    out.put(static_cast<std::make_unsigned_t<T>>(value));
    return {};
}

template <std::floating_point T>
errc write_float(std::string_view text, value_writer& out) {
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    // A number below the smallest one is none, which from_chars calls out of range, and the server never prints.
    if (failure != std::errc() || end != text.data() + text.size()) {
        return errc::malformed_value;
    }
    pg_type<T>::encode(value, out);
    return {};
}

errc write_bool(std::string_view text, value_writer& out) {
    if (text != "t" && text != "f") {
        return errc::malformed_value;
    }
    out.put(static_cast<std::uint8_t>(text == "t"));
    return {};
}

errc write_numeric(std::string_view text, value_writer& out) {
    const auto value = numeric::parse(text);
    if (!value) {
        return errc::malformed_value;
    }
    pg_type<numeric>::encode(value.assume_value(), out);
    return {};
}

bool write_hex(std::string_view digits, value_writer& out) {
    if (digits.size() % 2 != 0) {
        return false;
    }
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        std::uint8_t byte = 0;
        if (!read_number(digits.substr(i, 2), byte, 16)) {
            return false;
        }
        out.put(byte);
    }
    return true;
}

/// "\x00ff", or with bytea_output = escape "\000\377", "\\" and plain characters.
errc write_bytea(std::string_view text, value_writer& out) {
    if (text.starts_with("\\x")) {
        return write_hex(text.substr(2), out) ? errc{} : errc::malformed_value;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto byte = static_cast<std::uint8_t>(text[i]);
        if (text[i] == '\\' && text.substr(i + 1).starts_with('\\')) {
            ++i;
        } else if (text[i] == '\\') {
            if (text.size() - i < 4 || !read_number(text.substr(i + 1, 3), byte, 8)) {
                return errc::malformed_value;
            }
            i += 3;
        }
        out.put(byte);
    }
    return {};
}

errc write_uuid(std::string_view text, value_writer& out) {
    std::string digits;
    for (const char c : text) {
        if (c != '-') {
            digits.push_back(c);
        }
    }
    return digits.size() == 32 && write_hex(digits, out) ? errc{} : errc::malformed_value;
}

/// "char": one byte, "\377" beyond ASCII, nothing for 0.
errc write_char(std::string_view text, value_writer& out) {
    std::uint8_t byte = text.empty() ? 0 : static_cast<std::uint8_t>(text[0]);
    if (text.size() == 4 && !read_number(text.substr(1), byte, 8)) {
        return errc::malformed_value;
    }
    out.put(byte);
    return text.size() <= 1 || text.size() == 4 ? errc{} : errc::malformed_value;
}

/// "16/B374D848"
errc write_lsn(std::string_view text, value_writer& out) {
    const auto slash = text.find('/');
    std::uint32_t high = 0;
    std::uint32_t low = 0;
    if (slash == std::string_view::npos || !read_number(text.substr(0, slash), high, 16) ||
        !read_number(text.substr(slash + 1), low, 16)) {
        return errc::malformed_value;
    }
    out.put(high);
    out.put(low);
    return {};
}

/// "(0,1)"
errc write_tid(std::string_view text, value_writer& out) {
    const auto comma = text.find(',');
    std::uint32_t block = 0;
    std::uint16_t offset = 0;
    if (!text.starts_with('(') || !text.ends_with(')') || comma == std::string_view::npos ||
        !read_number(text.substr(1, comma - 1), block) ||
        !read_number(text.substr(comma + 1, text.size() - comma - 2), offset)) {
        return errc::malformed_value;
    }
    out.put(block);
    out.put(offset);
    return {};
}

errc write_versioned(std::string_view text, value_writer& out) {
    out.put(std::uint8_t{1});
    out.put(text.data(), text.size());
    return {};
}

errc write_form(oid_number type, std::string_view text, const type_catalogue& types, int depth, value_writer& out);

/// `element` writes one.
template <class Element>
errc write_array(const array_literal& literal, oid_number element_type, Element element, value_writer& out) {
    if (!write_array_header(literal.dimensions(), literal.has_nulls(), {element_type, {}, false}, out)) {
        return errc::malformed_value;
    }
    for (const auto& text : literal.elements()) {
        if (!text) {
            out.put_nested_null();
            continue;
        }
        const std::size_t start = out.begin_nested();
        if (const errc failure = element(*text); failure != errc{}) {
            return failure;
        }
        out.end_nested(start);
    }
    return out.failure();
}

/// Whether values of the type are converted at all. What they are does not matter.
bool has_binary_form(oid_number type, const type_catalogue& types, int depth) {
    byte_buffer unused;
    value_writer out(unused, nullptr);
    return write_form(type, {}, types, depth, out) != errc::type_mismatch;
}

errc write_array_of(oid_number element_type, std::string_view text, const type_catalogue& types, int depth, value_writer& out) {
    array_literal literal;
    // A type that separates its elements otherwise is none that has another form than text here.
    if (!literal.parse(text, ',')) {
        return errc::malformed_value;
    }
    const auto is_value = [](const auto& element) { return element.has_value(); };
    if (std::ranges::none_of(literal.elements(), is_value) && !has_binary_form(element_type, types, depth)) {
        return errc::type_mismatch; // as if there were one
    }
    const auto write = [&](std::string_view one) { return write_form(element_type, one, types, depth, out); };
    return write_array(literal, element_type, write, out);
}

/// int2vector and oidvector: "1 2 3", counted from 0.
template <std::integral T>
errc write_vector(oid_number element_type, std::string_view text, value_writer& out) {
    array_literal literal;
    literal.split(text, ' ');
    return write_array(literal, element_type, [&](std::string_view one) { return write_integer<T>(one, out); }, out);
}

errc write_form(oid_number type, std::string_view text, const type_catalogue& types, int depth, value_writer& out) {
    type = types.base(type);
    if (depth == 0) {
        return errc::value_out_of_range;
    }
    switch (type) {
    case oids::bool_: return write_bool(text, out);
    case oids::int2: return write_integer<std::int16_t>(text, out);
    case oids::int4: return write_integer<std::int32_t>(text, out);
    case oids::int8: return write_integer<std::int64_t>(text, out);
    case oids::oid:
    case oids::xid:
    case oids::cid: return write_integer<std::uint32_t>(text, out);
    case oids::oid8:
    case oids::xid8: return write_integer<std::uint64_t>(text, out);
    case oids::float4: return write_float<float>(text, out);
    case oids::float8: return write_float<double>(text, out);
    case oids::numeric: return write_numeric(text, out);
    case oids::bytea: return write_bytea(text, out);
    case oids::uuid: return write_uuid(text, out);
    case oids::char_: return write_char(text, out);
    case oids::jsonb:
    case oids::jsonpath: return write_versioned(text, out);
    case oids::date: return write_date(text, out);
    case oids::timestamp: return write_timestamp(text, false, out);
    case oids::timestamptz: return write_timestamp(text, true, out);
    case oids::time: return write_time(text, false, out);
    case oids::timetz: return write_time(text, true, out);
    case oids::pg_lsn: return write_lsn(text, out);
    case oids::tid: return write_tid(text, out);
    case oids::int2vector: return write_vector<std::int16_t>(oids::int2, text, out);
    case oids::oidvector: return write_vector<std::uint32_t>(oids::oid, text, out);
    default: break;
    }
    if (types.never_binary(type)) {
        return errc::type_mismatch;
    }
    if (const oid_number element_type = types.element(type); element_type != oids::unspecified) {
        return write_array_of(element_type, text, types, depth - 1, out);
    }
    if (!pg_type<std::string>::accepts(type, types)) {
        return errc::type_mismatch;
    }
    out.put(text.data(), text.size());
    return {};
}

} // namespace

errc write_binary_form(oid_number type, std::string_view text, const type_catalogue& types, value_writer& out) {
    const errc failure = write_form(type, text, types, 16, out);
    return failure != errc{} ? failure : out.failure();
}

errc write_array_of_texts(std::string_view text, char separator, value_writer& out) {
    array_literal literal;
    if (!literal.parse(text, separator)) {
        return errc::malformed_value;
    }
    const auto write = [&](std::string_view one) {
        out.put(one.data(), one.size());
        return errc{};
    };
    return write_array(literal, oids::text, write, out);
}

} // namespace pgcoro::detail
