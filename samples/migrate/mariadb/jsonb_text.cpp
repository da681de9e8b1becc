// SPDX-License-Identifier: BSL-1.0
#include "mariadb/jsonb_text.hpp"

#include "mariadb/jsonb_number.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace migrate::mariadb {
namespace {

namespace json = boost::json;
using boost::system::error_code;
using json::string_view;

std::string quoted_json(const std::string& text) {
    std::string made = "\"";
    for (const char c : text) {
        switch (c) {
        case '"': made += "\\\""; break;
        case '\\': made += "\\\\"; break;
        case '\b': made += "\\b"; break;
        case '\f': made += "\\f"; break;
        case '\n': made += "\\n"; break;
        case '\r': made += "\\r"; break;
        case '\t': made += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                made += "\\u00";
                made += c < 0x10 ? '0' : '1';
                made += "0123456789abcdef"[c & 15];
            } else {
                made += c;
            }
        }
    }
    return made += '"';
}

/// An array or an object that is not complete, or the whole text.
struct level {
    std::vector<std::pair<std::string, std::string>> members; // keys, empty in arrays, and values
    std::string key;                                          // of the next value
};

std::string array_text(const level& l) {
    std::string text = "[";
    for (const auto& [key, value] : l.members) {
        text += (text.size() == 1 ? "" : ", ") + value;
    }
    return text + "]";
}

/// Shorter keys come first. Of equal keys the last one counts.
std::string object_text(level l) {
    std::stable_sort(l.members.begin(), l.members.end(), [](const auto& a, const auto& b) {
        return std::pair(a.first.size(), std::string_view(a.first)) < std::pair(b.first.size(), std::string_view(b.first));
    });
    std::string text = "{";
    for (std::size_t i = 0; i < l.members.size(); ++i) {
        if (i + 1 == l.members.size() || l.members[i].first != l.members[i + 1].first) {
            text += (text.size() == 1 ? "" : ", ") + quoted_json(l.members[i].first) + ": " + l.members[i].second;
        }
    }
    return text + "}";
}

/// Gets the parts of a text from the parser.
struct json_handler {
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    std::vector<level> levels = std::vector<level>(1);
    std::string pending; // of a text or a number, whose parts come one by one
    std::string refused;

    bool refuse(std::string why, error_code& ec) {
        refused = std::move(why);
        ec = json::make_error_code(json::error::syntax);
        return false;
    }
    bool add(std::string text) {
        levels.back().members.emplace_back(std::exchange(levels.back().key, {}), std::move(text));
        return true;
    }
    bool take_text(string_view part, std::string& into, error_code& ec) {
        pending += part;
        into = std::exchange(pending, {});
        return into.find('\0') == std::string::npos || refuse("a NUL character", ec);
    }
    bool add_number(string_view part, error_code& ec) {
        pending += part;
        auto number = jsonb_number(std::exchange(pending, {}));
        return number ? add(*std::move(number)) : refuse("a number that is too large or too small", ec);
    }
    level close() {
        level closed = std::move(levels.back());
        levels.pop_back();
        return closed;
    }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_array_begin(error_code&) { return levels.emplace_back(), true; }
    bool on_array_end(std::size_t, error_code&) { return add(array_text(close())); }
    bool on_object_begin(error_code&) { return levels.emplace_back(), true; }
    bool on_object_end(std::size_t, error_code&) { return add(object_text(close())); }
    bool on_string_part(string_view s, std::size_t, error_code&) { return pending += s, true; }
    bool on_string(string_view s, std::size_t, error_code& ec) {
        std::string text;
        return take_text(s, text, ec) && add(quoted_json(text));
    }
    bool on_key_part(string_view s, std::size_t, error_code&) { return pending += s, true; }
    bool on_key(string_view s, std::size_t, error_code& ec) { return take_text(s, levels.back().key, ec); }
    bool on_number_part(string_view s, error_code&) { return pending += s, true; }
    bool on_int64(std::int64_t, string_view s, error_code& ec) { return add_number(s, ec); }
    bool on_uint64(std::uint64_t, string_view s, error_code& ec) { return add_number(s, ec); }
    bool on_double(double, string_view s, error_code& ec) { return add_number(s, ec); }
    bool on_bool(bool b, error_code&) { return add(b ? "true" : "false"); }
    bool on_null(error_code&) { return add("null"); }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }
};

} // namespace

std::variant<std::string, not_jsonb> jsonb_text(std::string_view text) {
    json::parse_options options;
    options.max_depth = 5000; // a stack of the server's is smaller
    json::basic_parser<json_handler> parser(options);
    error_code ec;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
    json_handler& made = parser.handler();
    if (!made.refused.empty()) {
        return not_jsonb{made.refused};
    }
    if (ec) {
        return not_jsonb{ec.message()};
    }
    if (text.find_first_not_of(" \t\r\n", read) != std::string_view::npos) {
        return not_jsonb{"something behind its end"};
    }
    return std::move(made.levels.front().members.front().second);
}

} // namespace migrate::mariadb
