// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/quote.hpp>

#include <pgcoro/detail/utf8.hpp>

namespace pgcoro {
namespace {

// Text that is not UTF-8 could hide a quote from us, or from the server, inside a broken character.
bool is_sendable(std::string_view text) noexcept {
    return text.find('\0') == std::string_view::npos && detail::is_valid_utf8(text);
}

void append_doubling(std::string& out, std::string_view text, std::string_view doubled) {
    for (const char c : text) {
        if (doubled.find(c) != std::string_view::npos) {
            out.push_back(c);
        }
        out.push_back(c);
    }
}

} // namespace

result<std::string> quote_identifier(std::string_view name) {
    if (name.empty() || !is_sendable(name)) {
        return errc::invalid_text;
    }
    std::string quoted;
    quoted.reserve(name.size() + 2);
    quoted.push_back('"');
    append_doubling(quoted, name, "\"");
    quoted.push_back('"');
    return quoted;
}

result<std::string> quote_literal(std::string_view value) {
    if (!is_sendable(value)) {
        return errc::invalid_text;
    }
    const bool escape = value.find('\\') != std::string_view::npos;
    std::string quoted;
    quoted.reserve(value.size() + 3);
    quoted.append(escape ? "E'" : "'");
    append_doubling(quoted, value, "'\\");
    quoted.push_back('\'');
    return quoted;
}

} // namespace pgcoro
