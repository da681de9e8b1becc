// SPDX-License-Identifier: BSL-1.0
#include "statement/script_check.hpp"

#include <pgcoro/detail/session_effect.hpp>
#include <pgcoro/detail/sql_scanner.hpp>

#include <string>
#include <utility>

namespace pgcoro::detail {
namespace {

script_position position_of_byte(std::string_view script, std::size_t byte) noexcept {
    script_position at{1, 1};
    for (const char c : script.substr(0, byte)) {
        if (c == '\n') {
            at = {at.line + 1, 1};
        } else if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) {
            ++at.column;
        }
    }
    return at;
}

error refusal(std::string_view script, std::size_t byte, const std::string& why) {
    const auto at = position_of_byte(script, byte);
    return error(errc::invalid_text, "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " + why);
}

} // namespace

error check_script(std::string_view script) {
    sql_scanner scanner(script);
    scanner.watch_marks();
    std::string_view before;
    bool is_copy = false;
    for (int n = scanner.next(); n != sql_scanner::at_end; n = scanner.next()) {
        if (n == sql_scanner::at_mark && scanner.mark() == '\\') {
            return refusal(script, scanner.mark_position(),
                           "a backslash begins a command of psql, which the server does not know: leave it out, or run the "
                           "file with psql");
        }
        is_copy = is_copy && !(n == sql_scanner::at_mark && scanner.mark() == ';');
        if (n == sql_scanner::at_word) {
            const auto word = scanner.word();
            is_copy = is_copy || is_word(word, "copy");
            if (is_copy && is_word(before, "from") && is_word(word, "stdin")) {
                return refusal(script, static_cast<std::size_t>(word.data() - script.data()),
                               "a script cannot hold COPY ... FROM STDIN and its data, as files of pg_dump do: use copy_in(), "
                               "or make the file with pg_dump --inserts");
            }
            before = word;
        }
    }
    return {};
}

// Semicolons divide statements, but not in parentheses (CREATE RULE) and not between BEGIN ATOMIC and its END, where CASE has
// an END of its own.
script_position position_of_statement(std::string_view script, std::size_t number) noexcept {
    sql_scanner scanner(script);
    scanner.watch_marks();
    std::size_t parentheses = 0;
    std::size_t blocks = 0;
    std::size_t count = 0;
    bool is_between = true;
    std::string_view before;
    for (int n = scanner.next(); n != sql_scanner::at_end; n = scanner.next()) {
        const char mark = n == sql_scanner::at_mark ? scanner.mark() : '\0';
        if (mark == ';' && parentheses == 0 && blocks == 0) {
            is_between = true;
            continue;
        }
        if (std::exchange(is_between, false) && count++ == number) {
            const auto at = n == sql_scanner::at_word ? static_cast<std::size_t>(scanner.word().data() - script.data())
                                                      : scanner.mark_position();
            return position_of_byte(script, at);
        }
        parentheses += mark == '(' ? 1 : 0;
        parentheses -= mark == ')' && parentheses != 0 ? 1 : 0;
        if (n == sql_scanner::at_word) {
            const auto word = scanner.word();
            if ((is_word(before, "begin") && is_word(word, "atomic")) || (blocks != 0 && is_word(word, "case"))) {
                ++blocks;
            } else if (blocks != 0 && is_word(word, "end")) {
                --blocks;
            }
            before = word;
        }
    }
    return {};
}

script_position position_of_character(std::string_view script, std::size_t character) noexcept {
    std::size_t byte = 0;
    for (std::size_t seen = 0; byte < script.size(); ++byte) {
        if ((static_cast<unsigned char>(script[byte]) & 0xc0U) != 0x80U && ++seen == character) {
            break;
        }
    }
    return position_of_byte(script, byte);
}

} // namespace pgcoro::detail
