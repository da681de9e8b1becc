// SPDX-License-Identifier: BSL-1.0
#include "wire/request_outcome.hpp"

#include "statement/sql_command.hpp"

#include <pgcoro/detail/session_effect.hpp>

#include <algorithm>

namespace pgcoro::wire {

using detail::request;

namespace {

/// In a transaction only a COMMIT has effects that outlive it.
bool may_last(const request& r) noexcept {
    bool commits = !r.scope;
    for_each_statement(r, [&](std::string_view sql) { commits = commits || effect_of(sql) == transaction_effect::commits; });
    return commits;
}

/// Anywhere in the text, in upper or lower case.
bool mentions(std::string_view sql, std::string_view word) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return !std::ranges::search(sql, word, {}, lower).empty();
}

/// The body of a DO is in the text. Whether a procedure commits, only the server knows.
bool may_commit_within(std::string_view sql) noexcept {
    const auto command = sql_command::read(sql);
    return command.is_opaque && (!detail::is_word(command.verb, "do") || mentions(sql, "commit") || mentions(sql, "call"));
}

} // namespace

error half_done(const request& r, std::size_t answered, error why) noexcept {
    if (r.scope || (why != sqlstate::serialization_failure && why != sqlstate::deadlock_detected)) {
        return why;
    }
    std::size_t statements = 0;
    bool commits = false;
    for_each_statement(r, [&](std::string_view sql) {
        const bool has_committed = statements < answered && effect_of(sql) == transaction_effect::commits;
        ++statements;
        commits = commits || has_committed || may_commit_within(sql);
    });
    // Several statements of a script are one transaction, in which a procedure may not commit.
    return commits && (statements == 1 || !detail::is_simple(r)) ? why.with(error::in_doubt) : why;
}

bool may_have_committed(const request& r, std::size_t statements) noexcept {
    for (std::size_t step = 0; step < statements; ++step) {
        const auto effect = effect_of(r.text(step).view());
        if (effect == transaction_effect::commits || effect == transaction_effect::may_commit_within) {
            return true;
        }
    }
    return false;
}

error unanswered(const request& r, error why) noexcept { return may_last(r) ? why.with(error::in_doubt) : why; }

error unsent(const request& r, error why) noexcept {
    return r.scope ? why.with(error::nothing_sent).with(error::not_done) : why.with(error::nothing_sent);
}

} // namespace pgcoro::wire
