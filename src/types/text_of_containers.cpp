// SPDX-License-Identifier: BSL-1.0
// Arrays, composites and ranges as the server prints them.
#include "types/text_parts.hpp"

#include <pgcoro/detail/array_format.hpp>
#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/composite_format.hpp>
#include <pgcoro/detail/range_format.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace pgcoro::detail {
namespace {

constexpr std::string_view spaces = " \t\n\v\f\r";

bool has_any(std::string_view text, std::string_view special) noexcept {
    return text.find_first_of(special) != std::string_view::npos;
}

bool is_the_word_null(std::string_view text) noexcept {
    constexpr std::string_view word = "null";
    return std::ranges::equal(
        text, word, [](char c, char lower) { return c == lower || (c >= 'A' && c <= 'Z' && c - 'A' + 'a' == lower); });
}

/// In quotes; `escape` stands in front of a quote, `\` in front of itself.
void append_quoted(std::string_view text, char escape, std::string& out) {
    out.push_back('"');
    for (const char c : text) {
        if (c == '"') {
            out.push_back(escape);
        } else if (c == '\\') {
            out.push_back('\\');
        }
        out.push_back(c);
    }
    out.push_back('"');
}

/// In quotes if it is empty or has a character that means something here.
void append_part(std::string_view text, std::string_view special, std::string& out) {
    if (text.empty() || has_any(text, special) || has_any(text, "\"\\") || has_any(text, spaces)) {
        append_quoted(text, '"', out);
    } else {
        out += text;
    }
}

class array_text {
public:
    array_text(value_bytes bytes, const text_scope& scope, std::string& out) noexcept
        : array_(bytes), scope_(scope), out_(out) {}

    errc append() {
        if (!array_.open()) {
            return errc::malformed_value;
        }
        element_ = scope_.types.base(array_.element_type());
        separator_ = element_ == oids::box ? ';' : ',';
        const auto dimensions = array_.dimensions();
        if (std::ranges::any_of(dimensions, [](const auto& d) { return d.lower_bound != 1; })) {
            for (const auto& d : dimensions) {
                const std::int64_t last = std::int64_t{d.lower_bound} + d.size - 1;
                out_ += "[" + std::to_string(d.lower_bound) + ":" + std::to_string(last) + "]";
            }
            out_.push_back('=');
        }
        if (dimensions.empty()) {
            out_ += "{}";
        } else if (const errc failure = append(dimensions); failure != errc{}) {
            return failure;
        }
        return array_.at_end() ? errc{} : errc::malformed_value;
    }

private:
    errc append(std::span<const array_dimension> dimensions) {
        for (std::int32_t i = 0; i < dimensions[0].size; ++i) {
            out_.push_back(i == 0 ? '{' : separator_);
            const errc failure = dimensions.size() > 1 ? append(dimensions.subspan(1)) : append_element();
            if (failure != errc{}) {
                return failure;
            }
        }
        out_.push_back('}');
        return {};
    }

    errc append_element() {
        value_bytes bytes;
        bool is_null = false;
        if (!array_.next(bytes, is_null)) {
            return errc::malformed_value;
        }
        if (is_null) {
            out_ += "NULL";
            return {};
        }
        std::string text;
        if (const errc failure = append_inner(element_, bytes, scope_, text); failure != errc{}) {
            return failure;
        }
        const bool in_quotes = text.empty() || is_the_word_null(text) || has_any(text, "{}\"\\") || has_any(text, spaces) ||
                               text.find(separator_) != std::string::npos;
        in_quotes ? append_quoted(text, '\\', out_) : static_cast<void>(out_ += text);
        return scope_.length_failure(out_);
    }

    array_reader array_;
    const text_scope& scope_;
    std::string& out_;
    oid_number element_ = oids::unspecified;
    char separator_ = ',';
};

} // namespace

errc append_array(value_bytes bytes, const text_scope& scope, std::string& out) {
    return array_text(bytes, scope, out).append();
}

errc append_vector(value_bytes bytes, const text_scope& scope, std::string& out) {
    array_reader array(bytes);
    if (!array.open()) {
        return errc::malformed_value;
    }
    for (std::size_t i = 0; i < array.size(); ++i) {
        value_bytes number;
        bool is_null = false;
        if (!array.next(number, is_null) || is_null) {
            return errc::malformed_value;
        }
        out += i == 0 ? "" : " ";
        if (const errc failure = append_inner(array.element_type(), number, scope, out); failure != errc{}) {
            return failure;
        }
    }
    return array.at_end() ? scope.length_failure(out) : errc::malformed_value;
}

errc append_composite(value_bytes bytes, const text_scope& scope, std::string& out) {
    if (bytes.size() < sizeof(std::uint32_t)) {
        return errc::malformed_value;
    }
    const auto count = load_big_endian<std::uint32_t>(bytes.data());
    composite_reader reader(bytes);
    if (const errc failure = reader.open(count); failure != errc{}) {
        return failure;
    }
    out.push_back('(');
    for (std::uint32_t i = 0; i < count; ++i) {
        composite_reader::field field;
        if (!reader.next(field)) {
            return errc::malformed_value;
        }
        out += i == 0 ? "" : ",";
        if (!field.is_null) {
            std::string text;
            if (const errc failure = append_inner(scope.types.base(field.type), field.bytes, scope, text); failure != errc{}) {
                return failure;
            }
            append_part(text, "(),", out);
        }
        if (const errc failure = scope.length_failure(out); failure != errc{}) {
            return failure;
        }
    }
    out.push_back(')');
    return reader.at_end() ? errc{} : errc::malformed_value;
}

errc append_range(oid_number subtype, value_bytes bytes, const text_scope& scope, std::string& out) {
    using namespace range_flags;
    range_parts parts;
    if (!split_range(bytes, parts)) {
        return errc::malformed_value;
    }
    if (parts.has(empty)) {
        out += "empty";
        return {};
    }
    const auto append_bound = [&](bool is_infinite, value_bytes bound) -> errc {
        if (is_infinite) {
            return {};
        }
        std::string text;
        const errc failure = append_inner(scope.types.base(subtype), bound, scope, text);
        append_part(text, "()[],", out);
        return failure;
    };
    out.push_back(parts.has(lower_inclusive) ? '[' : '(');
    if (const errc failure = append_bound(parts.has(lower_infinite), parts.lower); failure != errc{}) {
        return failure;
    }
    out.push_back(',');
    if (const errc failure = append_bound(parts.has(upper_infinite), parts.upper); failure != errc{}) {
        return failure;
    }
    out.push_back(parts.has(upper_inclusive) ? ']' : ')');
    return scope.length_failure(out);
}

errc append_multirange(oid_number range_type, value_bytes bytes, const text_scope& scope, std::string& out) {
    multirange_reader reader(bytes);
    if (!reader.open()) {
        return errc::malformed_value;
    }
    const oid_number subtype = scope.types.subtype(range_type);
    out.push_back('{');
    for (std::size_t i = 0; i < reader.size(); ++i) {
        value_bytes range;
        if (!reader.next(range)) {
            return errc::malformed_value;
        }
        out += i == 0 ? "" : ",";
        if (const errc failure = append_range(subtype, range, scope, out); failure != errc{}) {
            return failure;
        }
    }
    out.push_back('}');
    return reader.at_end() ? errc{} : errc::malformed_value;
}

} // namespace pgcoro::detail
