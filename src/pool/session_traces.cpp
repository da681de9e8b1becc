// SPDX-License-Identifier: BSL-1.0
#include "pool/session_traces.hpp"

#include "statement/sql_command.hpp"
#include "statement/statement_splitter.hpp"

#include <pgcoro/detail/session_effect.hpp>

#include <algorithm>

namespace pgcoro::pooling {

using detail::is_word;

traces traces_of(std::string_view sql) noexcept {
    const auto command = sql_command::read(sql);
    const auto word = command.session_word;
    if (is_word(word, "deallocate", "discard", "prepare")) {
        return traces::statements;
    }
    // The server reports an open transaction, and what belongs to one ends with it.
    const bool changes = !word.empty() && !command.is_of_transaction() && !is_word(word, "execute");
    return changes || command.is_opaque ? traces::settings : traces::none;
}

traces traces_of_script(std::string_view script) noexcept {
    traces left = traces::none;
    statement_splitter statements(script);
    for (auto sql = statements.next(); !sql.empty(); sql = statements.next()) {
        left = std::max(left, traces_of(sql));
    }
    return left;
}

} // namespace pgcoro::pooling
