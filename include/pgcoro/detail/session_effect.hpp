// SPDX-License-Identifier: BSL-1.0
// Whether a statement changes its session: what a multiplexer, whose sessions belong to nobody, has to refuse.
#pragma once

#include <pgcoro/detail/sql_scanner.hpp>

#include <cstddef>
#include <string_view>

namespace pgcoro::detail {

constexpr char lower_case(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// `word` is in lower case.
constexpr bool begins_with_word(std::string_view text, std::string_view word) noexcept {
    if (text.size() < word.size()) {
        return false;
    }
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (lower_case(text[i]) != word[i]) {
            return false;
        }
    }
    return true;
}

template <std::size_t... Sizes>
constexpr bool is_word(std::string_view text, const char (&... words)[Sizes]) noexcept {
    return ((text.size() == Sizes - 1 && begins_with_word(text, {words, Sizes - 1})) || ...);
}

/// Commands, by their first word: transactions, settings, notifications, cursors, prepared statements, COPY. LOCK is of use
/// only in a transaction.
constexpr bool is_session_command(std::string_view word) noexcept {
    switch (lower_case(word.front())) {
    case 'a': return is_word(word, "abort");
    case 'b': return is_word(word, "begin");
    case 'c': return is_word(word, "close", "commit", "copy");
    case 'd': return is_word(word, "deallocate", "declare", "discard");
    case 'e': return is_word(word, "end", "execute");
    case 'f': return is_word(word, "fetch");
    case 'l': return is_word(word, "listen", "load", "lock");
    case 'm': return is_word(word, "move");
    case 'p': return is_word(word, "prepare");
    case 'r': return is_word(word, "release", "reset", "rollback");
    case 's': return is_word(word, "savepoint", "set", "start");
    case 'u': return is_word(word, "unlisten");
    default: return false;
    }
}

/// Functions of lasting effect, and the schema of temporary tables.
constexpr bool is_session_name(std::string_view word) noexcept {
    switch (lower_case(word.front())) {
    case 'p':
        return word.size() >= 7 &&
               (is_word(word, "pg_temp") || begins_with_word(word, "pg_advisory_lock") ||
                begins_with_word(word, "pg_advisory_unlock") || begins_with_word(word, "pg_try_advisory_lock"));
    case 's': return is_word(word, "set_config", "setseed");
    default: return false;
    }
}

/// The word by which a statement changes its session, as it stands in the text; empty if none does.
///
/// Knows the server's commands and functions by their names, and no more: not what a function of the user's does, nor a DO, nor
/// a name in quotes. Where it cannot tell it refuses: `set_config(..., true)` would do no harm.
constexpr std::string_view session_word(std::string_view sql) noexcept {
    sql_scanner scanner(sql);
    bool is_first = true;
    bool is_insertion = false;     // the word before was INSERT or MERGE: what INTO names is a table that is there
    bool may_be_temporary = false; // behind CREATE, or the INTO of a SELECT
    for (int item = scanner.next_item(); item != sql_scanner::at_end; item = scanner.next_item()) {
        if (item != sql_scanner::at_word) {
            continue;
        }
        const auto word = scanner.word();
        if ((is_first && is_session_command(word)) || is_session_name(word) ||
            (may_be_temporary && is_word(word, "temp", "temporary"))) {
            return word;
        }
        may_be_temporary = is_word(word, "create") || (!is_insertion && is_word(word, "into")) ||
                           (may_be_temporary && is_word(word, "or", "replace", "global", "local"));
        is_insertion = is_word(word, "insert", "merge");
        is_first = false;
    }
    return {};
}

} // namespace pgcoro::detail
