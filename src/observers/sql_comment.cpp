// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/sql_comment.hpp>

namespace pgcoro {
namespace {

/// Percent-encodes all but RFC 3986's unreserved characters: quotes, stars and slashes among them.
void append_encoded(std::string& out, std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    static constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (const char c : text) {
        if (unreserved.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
}

} // namespace

std::string sql_comment(const std::map<std::string, std::string, std::less<>>& tags) {
    std::string comment;
    for (const auto& [key, value] : tags) {
        comment += comment.empty() ? "/*" : ",";
        append_encoded(comment, key);
        comment += "='";
        append_encoded(comment, value);
        comment += '\'';
    }
    return comment.empty() ? comment : comment + "*/";
}

} // namespace pgcoro
