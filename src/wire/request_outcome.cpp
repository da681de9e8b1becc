// SPDX-License-Identifier: BSL-1.0
#include "wire/request_outcome.hpp"

#include "statement/sql_command.hpp"

namespace pgcoro::wire {

using detail::request;

namespace {

/// In a transaction only a COMMIT has effects that outlive it.
bool may_last(const request& r) noexcept {
    bool commits = !r.scope;
    for_each_statement(r, [&](std::string_view sql) { commits = commits || effect_of(sql) == transaction_effect::commits; });
    return commits;
}

} // namespace

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
