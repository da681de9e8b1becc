// SPDX-License-Identifier: BSL-1.0
#include "statement/sql_command.hpp"

#include <pgcoro/detail/session_effect.hpp>
#include <pgcoro/detail/sql_scanner.hpp>

#include <utility>

namespace pgcoro {
namespace {

using detail::is_word;

/// One word after the other.
class word_reader {
public:
    explicit word_reader(std::string_view sql) noexcept : scanner_(sql) {}

    /// Empty at the end.
    std::string_view next() noexcept {
        for (int n = scanner_.next(); n != detail::sql_scanner::at_end; n = scanner_.next()) {
            if (n == detail::sql_scanner::at_word) {
                return scanner_.word();
            }
        }
        return {};
    }

private:
    detail::sql_scanner scanner_;
};

} // namespace

std::string_view first_word(std::string_view sql) noexcept { return word_reader(sql).next(); }

bool copies_through_client(std::string_view sql) noexcept {
    word_reader words(sql);
    if (!is_word(words.next(), "copy")) {
        return false;
    }
    std::string_view before;
    for (auto word = words.next(); !word.empty(); before = std::exchange(word, words.next())) {
        if ((is_word(before, "from") && is_word(word, "stdin")) || (is_word(before, "to") && is_word(word, "stdout"))) {
            return true;
        }
    }
    return false;
}

bool can_be_copied(std::string_view sql) noexcept {
    detail::sql_scanner scanner(sql.substr(0, sql.find_last_not_of(" \t\r\n;") + 1));
    scanner.watch_marks();
    bool is_first = true;
    for (int n = scanner.next(); n != detail::sql_scanner::at_end; n = scanner.next()) {
        if (n == detail::sql_scanner::at_word) {
            const auto word = scanner.word();
            // Of the words of a locking clause, one is here, too.
            if (is_word(word, "into", "insert", "update", "delete", "merge", "share") ||
                (is_first && !is_word(word, "select", "values", "table", "with"))) {
                return false;
            }
            is_first = false;
        } else if (n != detail::sql_scanner::at_mark || scanner.mark() == ';') {
            return false;
        }
    }
    return !is_first;
}

transaction_effect effect_of(std::string_view sql) noexcept {
    word_reader words(sql);
    const auto verb = words.next();
    if (verb.empty()) {
        return transaction_effect::none;
    }
    if (is_word(verb, "begin", "start")) {
        return transaction_effect::begins;
    }
    if (is_word(verb, "commit", "end", "prepare")) {
        return transaction_effect::commits;
    }
    if (is_word(verb, "rollback", "abort")) {
        // ROLLBACK PREPARED ends another transaction than the one it runs in, as COMMIT PREPARED does.
        return is_word(words.next(), "prepared") ? transaction_effect::commits : transaction_effect::rolls_back;
    }
    // CREATE, DROP and ALTER because of CONCURRENTLY, databases and tablespaces.
    return is_word(verb, "call", "do", "vacuum", "reindex", "create", "drop", "alter") ? transaction_effect::may_commit_within
                                                                                       : transaction_effect::none;
}

sql_command sql_command::read(std::string_view sql) noexcept {
    sql_command command;
    detail::session_watch session;
    word_reader words(sql);
    std::string_view before;
    bool is_query = false;
    for (auto word = words.next(); !word.empty(); before = word, word = words.next()) {
        session.see(word);
        if (command.verb.empty()) {
            command.verb = word;
            command.is_opaque = is_word(word, "call", "do");
        } else if (command.object.empty()) {
            command.object = word;
        }
        if (is_word(word, "hold") && is_word(before, "with") && !is_query) {
            command.hold = word;
        }
        is_query = is_query || is_word(word, "for"); // of a cursor: it may have names of any kind
        command.is_opaque = command.is_opaque || detail::begins_with_word(word, "dblink_connect");
    }
    command.session_word = session.found();
    return command;
}

bool sql_command::is_of_transaction() const noexcept {
    return !session_word.empty() &&
           (detail::is_transaction_command(session_word) || is_word(session_word, "close", "copy", "fetch", "lock", "move"));
}

} // namespace pgcoro
