// SPDX-License-Identifier: BSL-1.0
#include "pool/session_traces.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace pgcoro::pooling {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_letter(char c) noexcept { return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_'; }

bool is_word(std::string_view found, std::string_view word) noexcept {
    return std::equal(found.begin(), found.end(), word.begin(), word.end(), [](char f, char w) { return lower(f) == w; });
}

bool begins_with(std::string_view found, std::string_view start) noexcept {
    return found.size() >= start.size() && is_word(found.substr(0, start.size()), start);
}

template <class... Words>
bool is_one_of(std::string_view found, Words... words) noexcept {
    return (is_word(found, words) || ...);
}

/// At the beginning of a statement.
traces traces_of_command(std::string_view word) noexcept {
    switch (lower(word.front())) {
    case 'c': return is_word(word, "call") ? traces::settings : traces::none;
    case 'd':
        return is_one_of(word, "deallocate", "discard") ? traces::statements
               : is_one_of(word, "declare", "do")       ? traces::settings
                                                        : traces::none;
    case 'l': return is_one_of(word, "listen", "load") ? traces::settings : traces::none;
    case 'p': return is_word(word, "prepare") ? traces::statements : traces::none;
    case 'r': return is_word(word, "reset") ? traces::settings : traces::none;
    case 's': return is_word(word, "set") ? traces::settings : traces::none;
    case 'u': return is_word(word, "unlisten") ? traces::settings : traces::none;
    default: return traces::none;
    }
}

/// Anywhere.
bool leaves_traces(std::string_view word) noexcept {
    switch (lower(word.front())) {
    case 'd': return begins_with(word, "dblink_connect");
    case 'p':
        return (begins_with(word, "pg_advisory") || begins_with(word, "pg_try_advisory")) &&
               !begins_with(word, "pg_advisory_xact") && !begins_with(word, "pg_try_advisory_xact");
    case 's': return is_word(word, "set_config");
    case 't': return is_one_of(word, "temp", "temporary");
    default: return false;
    }
}

/// PostgreSQL's comments nest.
std::string_view behind_comment(std::string_view sql) noexcept {
    std::size_t depth = 0;
    do {
        const auto mark = std::min(sql.find("/*"), sql.find("*/"));
        if (mark == sql.npos) {
            return {};
        }
        depth = sql[mark] == '/' ? depth + 1 : depth - 1;
        sql.remove_prefix(mark + 2);
    } while (depth != 0);
    return sql;
}

std::string_view without_leading_comments(std::string_view sql) noexcept {
    for (;;) {
        sql.remove_prefix(std::min(sql.find_first_not_of(" \t\r\n\f\v;"), sql.size()));
        if (sql.starts_with("--")) {
            sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
        } else if (sql.starts_with("/*")) {
            sql = behind_comment(sql);
        } else {
            return sql;
        }
    }
}

} // namespace

// In the middle, quotes and comments are not told apart from the rest: a word too many costs a round trip, one too few a
// stranger his settings.
traces traces_of(std::string_view sql) noexcept {
    sql = without_leading_comments(sql);
    bool is_first = true;
    for (std::size_t at = 0; at < sql.size();) {
        if (!is_letter(sql[at])) {
            ++at;
            continue;
        }
        std::size_t end = at + 1;
        while (end < sql.size() && is_letter(sql[end])) {
            ++end;
        }
        const auto word = sql.substr(at, end - at);
        if (std::exchange(is_first, false)) {
            if (const traces found = traces_of_command(word); found != traces::none) {
                return found;
            }
        }
        if (leaves_traces(word)) {
            return traces::settings;
        }
        at = end;
    }
    return traces::none;
}

} // namespace pgcoro::pooling
