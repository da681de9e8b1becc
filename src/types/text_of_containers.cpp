// SPDX-License-Identifier: BSL-1.0
// Arrays, composites and ranges as the server prints them.
#include "types/text_parts.hpp"

#include <pgcoro/detail/array_value.hpp>
#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/composite_format.hpp>

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
    array_text(value_bytes bytes, const type_catalogue& types, int depth, std::string& out) noexcept
        : array_(bytes), types_(types), depth_(depth), out_(out) {}

    errc append() {
        if (!array_.open()) {
            return errc::malformed_value;
        }
        element_ = types_.base(array_.element_type());
        separator_ = element_ == oids::box ? ';' : ',';
        const auto dimensions = array_.dimensions();
        if (std::ranges::any_of(dimensions, [](const auto& d) { return d.first_index != 1; })) {
            for (const auto& d : dimensions) {
                const std::int64_t last = std::int64_t{d.first_index} + d.size - 1;
                out_ += "[" + std::to_string(d.first_index) + ":" + std::to_string(last) + "]";
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
    errc append(std::span<const array_value::dimension> dimensions) {
        for (std::uint32_t i = 0; i < dimensions[0].size; ++i) {
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
        if (const errc failure = append_inner(element_, bytes, types_, depth_, text); failure != errc{}) {
            return failure;
        }
        const bool in_quotes = text.empty() || is_the_word_null(text) || has_any(text, "{}\"\\") || has_any(text, spaces) ||
                               text.find(separator_) != std::string::npos;
        in_quotes ? append_quoted(text, '\\', out_) : static_cast<void>(out_ += text);
        return {};
    }

    array_value array_;
    const type_catalogue& types_;
    int depth_;
    std::string& out_;
    oid_number element_ = oids::unspecified;
    char separator_ = ',';
};

/// The next of values that follow each other, each behind its length.
bool take_sized(value_bytes& rest, value_bytes& taken) noexcept {
    if (rest.size() < sizeof(std::uint32_t)) {
        return false;
    }
    const auto length = load_big_endian<std::uint32_t>(rest.data());
    rest = rest.subspan(sizeof length);
    if (length > rest.size()) {
        return false;
    }
    taken = rest.first(length);
    rest = rest.subspan(length);
    return true;
}

} // namespace

errc append_array(value_bytes bytes, const type_catalogue& types, int depth, std::string& out) {
    return array_text(bytes, types, depth, out).append();
}

errc append_composite(value_bytes bytes, const type_catalogue& types, int depth, std::string& out) {
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
            if (const errc failure = append_inner(types.base(field.type), field.bytes, types, depth, text); failure != errc{}) {
                return failure;
            }
            append_part(text, "(),", out);
        }
    }
    out.push_back(')');
    return reader.at_end() ? errc{} : errc::malformed_value;
}

errc append_range(oid_number subtype, value_bytes bytes, const type_catalogue& types, int depth, std::string& out) {
    enum : unsigned { is_empty = 1, has_lower = 2, has_upper = 4, no_lower = 8, no_upper = 16 };
    if (bytes.empty()) {
        return errc::malformed_value;
    }
    const auto flags = std::to_integer<unsigned>(bytes[0]);
    bytes = bytes.subspan(1);
    if ((flags & is_empty) != 0) {
        out += "empty";
        return bytes.empty() ? errc{} : errc::malformed_value;
    }
    const auto append_bound = [&](bool is_there) -> errc {
        value_bytes bound;
        if (!is_there) {
            return {};
        }
        if (!take_sized(bytes, bound)) {
            return errc::malformed_value;
        }
        std::string text;
        const errc failure = append_inner(types.base(subtype), bound, types, depth, text);
        append_part(text, "()[],", out);
        return failure;
    };
    out.push_back((flags & has_lower) != 0 ? '[' : '(');
    if (const errc failure = append_bound((flags & no_lower) == 0); failure != errc{}) {
        return failure;
    }
    out.push_back(',');
    if (const errc failure = append_bound((flags & no_upper) == 0); failure != errc{}) {
        return failure;
    }
    out.push_back((flags & has_upper) != 0 ? ']' : ')');
    return bytes.empty() ? errc{} : errc::malformed_value;
}

errc append_multirange(oid_number subtype, value_bytes bytes, const type_catalogue& types, int depth, std::string& out) {
    if (bytes.size() < sizeof(std::uint32_t)) {
        return errc::malformed_value;
    }
    const auto count = load_big_endian<std::uint32_t>(bytes.data());
    bytes = bytes.subspan(sizeof count);
    out.push_back('{');
    for (std::uint32_t i = 0; i < count; ++i) {
        value_bytes range;
        if (!take_sized(bytes, range)) {
            return errc::malformed_value;
        }
        out += i == 0 ? "" : ",";
        if (const errc failure = append_range(subtype, range, types, depth, out); failure != errc{}) {
            return failure;
        }
    }
    out.push_back('}');
    return bytes.empty() ? errc{} : errc::malformed_value;
}

} // namespace pgcoro::detail
