// SPDX-License-Identifier: BSL-1.0
#include "statement/script_check.hpp"

#include "statement/statement_splitter.hpp"

#include <pgcoro/detail/session_effect.hpp>
#include <pgcoro/detail/sql_scanner.hpp>

#include <string>

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

error refusal(errc code, std::string_view script, std::size_t byte, const std::string& why) {
    const auto at = position_of_byte(script, byte);
    return error(code, "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " + why);
}

} // namespace

error check_script(std::string_view script) {
    sql_scanner scanner(script);
    scanner.watch_marks();
    std::string_view before;
    bool is_copy = false;
    for (int n = scanner.next(); n != sql_scanner::at_end; n = scanner.next()) {
        if (n == sql_scanner::at_mark && scanner.mark() == '\\') {
            return refusal(errc::invalid_text, script, scanner.mark_position(),
                           "a backslash begins a command of psql, which the server does not know: leave it out, or run the "
                           "file with psql");
        }
        is_copy = is_copy && !(n == sql_scanner::at_mark && scanner.mark() == ';');
        if (n == sql_scanner::at_word) {
            const auto word = scanner.word();
            is_copy = is_copy || is_word(word, "copy");
            if (is_copy && is_word(before, "from") && is_word(word, "stdin")) {
                return refusal(errc::invalid_text, script, static_cast<std::size_t>(word.data() - script.data()),
                               "a script cannot hold COPY ... FROM STDIN and its data, as files of pg_dump do: use copy_in(), "
                               "or make the file with pg_dump --inserts");
            }
            if (is_copy && is_word(before, "to") && is_word(word, "stdout")) {
                return refusal(errc::copy_not_supported, script, static_cast<std::size_t>(word.data() - script.data()),
                               "a script cannot hold COPY ... TO STDOUT: use copy_out() for it");
            }
            before = word;
        }
    }
    return {};
}

script_position position_of_statement(std::string_view script, std::size_t number) noexcept {
    statement_splitter statements(script);
    auto statement = statements.next();
    for (std::size_t count = 0; count < number && !statement.empty(); ++count) {
        statement = statements.next();
    }
    return statement.empty() ? script_position()
                             : position_of_byte(script, static_cast<std::size_t>(statement.data() - script.data()));
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
