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

/// Whether a statement's first word is COPY.
constexpr bool may_be_copy(std::string_view sql) noexcept {
    sql_scanner scanner(sql);
    for (int n = scanner.next(); n != sql_scanner::at_end; n = scanner.next()) {
        if (n == sql_scanner::at_word) {
            return is_word(scanner.word(), "copy");
        }
    }
    return false;
}

/// Whether a statement changes the encoding of the session's text to another one than UTF-8, as far as its text tells.
constexpr bool sets_encoding(std::string_view sql) noexcept {
    constexpr auto npos = std::string_view::npos;
    sql_scanner scanner(sql);
    const auto next_word = [&]() -> std::string_view {
        for (int n = scanner.next(); n != sql_scanner::at_end; n = scanner.next()) {
            if (n == sql_scanner::at_word) {
                return scanner.word();
            }
        }
        return {};
    };
    const auto is = [](std::string_view word, std::string_view other) {
        return word.size() == other.size() && begins_with_word(word, other);
    };
    bool sets = false;
    if (is(next_word(), "set")) {
        auto word = next_word();
        if (is(word, "local") || is(word, "session")) {
            word = next_word();
        }
        sets = is(word, "client_encoding") || is(word, "names");
    } else {
        sets = sql.find("client_encoding") != npos && sql.find("set_config") != npos;
    }
    for (std::size_t at = 0; sets && at < sql.size(); ++at) {
        const auto rest = sql.substr(at);
        sets = !begins_with_word(rest, "utf8") && !begins_with_word(rest, "utf-8") && !begins_with_word(rest, "unicode") &&
               !begins_with_word(rest, "default");
    }
    return sets;
}

/// Commands that begin, end or divide a transaction.
constexpr bool is_transaction_command(std::string_view word) noexcept {
    return is_word(word, "abort", "begin", "commit", "end", "release", "rollback", "savepoint", "start");
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

/// Looks at the words of a statement, one after the other, for the one by which it changes its session.
///
/// Knows the server's commands and functions by their names, and no more: not what a function of the user's does, nor a DO, nor
/// a name in quotes. Where it cannot tell it says yes: `set_config(..., true)` would do no harm.
class session_watch {
public:
    constexpr void see(std::string_view word) noexcept {
        const bool is_first = before_ == kind::nothing;
        const auto now = kind_of(word);
        const bool is_temporary = now == kind::temporary && before_ == kind::makes;
        if (found_.empty() && (now == kind::lasting || is_temporary || (is_first && is_session_command(word)))) {
            found_ = word;
        }
        // CREATE OR REPLACE and INTO LOCAL go on as they began. What INSERT INTO and MERGE INTO name is there already.
        if (now == kind::goes_on) {
            before_ = before_ == kind::makes ? kind::makes : kind::other;
        } else {
            before_ = now == kind::into ? (before_ == kind::inserts ? kind::other : kind::makes) : now;
        }
    }

    /// The word, as it stands in the text; empty if there is none.
    constexpr std::string_view found() const noexcept { return found_; }

private:
    enum class kind : unsigned char { nothing, other, inserts, into, makes, goes_on, temporary, lasting };

    static constexpr kind kind_of(std::string_view word) noexcept {
        switch (lower_case(word.front())) {
        case 'c': return is_word(word, "create") ? kind::makes : kind::other;
        case 'g': return is_word(word, "global") ? kind::goes_on : kind::other;
        case 'i': return is_word(word, "into") ? kind::into : is_word(word, "insert") ? kind::inserts : kind::other;
        case 'l': return is_word(word, "local") ? kind::goes_on : kind::other;
        case 'm': return is_word(word, "merge") ? kind::inserts : kind::other;
        case 'o': return is_word(word, "or") ? kind::goes_on : kind::other;
        case 'p': return is_word(word, "pg_temp") || is_advisory_lock(word) ? kind::lasting : kind::other;
        case 'r': return is_word(word, "replace") ? kind::goes_on : kind::other;
        case 's': return is_word(word, "set_config", "setseed") ? kind::lasting : kind::other;
        case 't': return is_word(word, "temp", "temporary") ? kind::temporary : kind::other;
        default: return kind::other;
        }
    }

    /// Of the session: those of a transaction have "xact" in their names.
    static constexpr bool is_advisory_lock(std::string_view word) noexcept {
        return begins_with_word(word, "pg_advisory_lock") || begins_with_word(word, "pg_advisory_unlock") ||
               begins_with_word(word, "pg_try_advisory_lock");
    }

    kind before_ = kind::nothing;
    std::string_view found_;
};

/// The word by which a statement changes its session; empty if none does.
constexpr std::string_view session_word(std::string_view sql) noexcept {
    session_watch watch;
    scan_placeholders(sql, watch);
    return watch.found();
}

} // namespace pgcoro::detail
