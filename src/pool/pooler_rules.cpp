// SPDX-License-Identifier: BSL-1.0
#include "pool/pooler_rules.hpp"

#include <pgcoro/detail/request.hpp>
#include <pgcoro/detail/session_effect.hpp>

#include <cstddef>
#include <string>

namespace pgcoro::pooling {
namespace {

using detail::is_word;

/// Of transactions, and of what ends with them. COPY is refused elsewhere.
bool is_transactions_own(std::string_view word) noexcept {
    return is_word(word, "abort", "begin", "close", "commit", "copy", "declare", "end", "fetch", "lock", "move", "release",
                   "rollback", "savepoint", "start");
}

std::string_view next_word(std::string_view text) noexcept {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    std::size_t begin = 0;
    while (begin < text.size() && !letter(text[begin])) {
        ++begin;
    }
    std::size_t end = begin;
    while (end < text.size() && letter(text[end])) {
        ++end;
    }
    return text.substr(begin, end - begin);
}

/// A cursor WITH HOLD outlives its transaction.
std::string_view lasting_cursor(std::string_view sql) noexcept {
    for (auto word = next_word(sql); !word.empty(); word = next_word(sql)) {
        if (is_word(word, "hold")) {
            return word;
        }
        sql.remove_prefix(static_cast<std::size_t>(word.data() - sql.data()) + word.size());
    }
    return {};
}

} // namespace

std::string_view lasting_word(std::string_view sql) noexcept {
    const auto word = detail::session_word(sql);
    if (is_word(word, "declare")) {
        return lasting_cursor(sql);
    }
    if (word.empty() || is_transactions_own(word)) {
        return {};
    }
    if (is_word(word, "set")) {
        const auto behind = sql.substr(static_cast<std::size_t>(word.data() - sql.data()) + word.size());
        if (is_word(next_word(behind), "local", "transaction", "constraints")) {
            return {};
        }
    }
    return word;
}

error refused_by_pooler(const detail::request& r, bool alone) {
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        const auto& text = r.text(step);
        if (text.is_stateless()) {
            continue;
        }
        if (const auto word = alone ? detail::session_word(text.view()) : lasting_word(text.view()); !word.empty()) {
            return error(errc::not_multiplexable, "behind a pooler in transaction mode nothing lasts that \"" +
                                                      std::string(word) + "\" does to the session")
                .with(error::nothing_sent);
        }
    }
    return {};
}

} // namespace pgcoro::pooling
