// SPDX-License-Identifier: BSL-1.0
#include "pool/pooler_rules.hpp"

#include "statement/sql_command.hpp"
#include "statement/statement_splitter.hpp"

#include <pgcoro/detail/session_effect.hpp>
#include <pgcoro/detail/stream_request.hpp>

#include <cstddef>
#include <string>

namespace pgcoro::pooling {

std::string_view lasting_word(std::string_view sql) noexcept {
    const auto command = sql_command::read(sql);
    const auto word = command.session_word;
    if (word.empty() || command.is_of_transaction() ||
        (detail::is_word(word, "set") && detail::is_word(command.object, "local", "transaction", "constraints"))) {
        return {};
    }
    return detail::is_word(word, "declare") ? command.hold : word; // a cursor WITH HOLD outlives its transaction
}

error refused_by_pooler(const detail::request& r, bool alone) {
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        const auto& text = r.text(step);
        if (text.is_stateless()) {
            continue;
        }
        std::string_view word;
        if (detail::is_simple(r)) {
            statement_splitter statements(text.view());
            for (auto sql = statements.next(); !sql.empty() && word.empty(); sql = statements.next()) {
                word = alone ? detail::session_word(sql) : lasting_word(sql);
            }
        } else {
            word = alone ? detail::session_word(text.view()) : lasting_word(text.view());
        }
        if (!word.empty()) {
            return error(errc::not_multiplexable,
                         "\"" + std::string(word) +
                             "\" changes the session, which does not last behind a pooler in transaction mode")
                .with(error::nothing_sent);
        }
    }
    return {};
}

} // namespace pgcoro::pooling
