// SPDX-License-Identifier: BSL-1.0
#include "statement/statement_splitter.hpp"

#include <pgcoro/detail/session_effect.hpp>

namespace pgcoro {

using detail::is_word;
using detail::sql_scanner;

std::string_view statement_splitter::next() noexcept {
    constexpr auto npos = std::string_view::npos;
    std::size_t begin = npos;
    std::size_t parentheses = 0;
    std::size_t blocks = 0;
    std::string_view before;
    for (int n = scanner_.next(); n != sql_scanner::at_end; n = scanner_.next()) {
        const char mark = n == sql_scanner::at_mark ? scanner_.mark() : '\0';
        if (mark == ';' && parentheses == 0 && blocks == 0) {
            if (begin != npos) {
                return script_.substr(begin, scanner_.mark_position() - begin);
            }
            continue;
        }
        if (begin == npos && mark != ';') {
            begin = n == sql_scanner::at_word ? static_cast<std::size_t>(scanner_.word().data() - script_.data())
                                              : scanner_.mark_position();
        }
        parentheses += mark == '(' ? 1 : 0;
        parentheses -= mark == ')' && parentheses != 0 ? 1 : 0;
        if (n == sql_scanner::at_word) {
            const auto word = scanner_.word();
            if ((is_word(before, "begin") && is_word(word, "atomic")) || (blocks != 0 && is_word(word, "case"))) {
                ++blocks;
            } else if (blocks != 0 && is_word(word, "end")) {
                --blocks;
            }
            before = word;
        }
    }
    return begin == npos ? std::string_view() : script_.substr(begin);
}

} // namespace pgcoro
