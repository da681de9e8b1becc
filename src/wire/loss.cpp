// SPDX-License-Identifier: BSL-1.0
#include "wire/loss.hpp"

#include <utility>

namespace pgcoro::wire {

void loss::statement(std::string_view sql) noexcept {
    switch (effect_of(sql)) {
    case transaction_effect::begins: in_transaction_ = true; break;
    case transaction_effect::commits:
        may_commit_ = may_commit_early_ = true;
        in_transaction_ = false;
        break;
    case transaction_effect::rolls_back:
        // ROLLBACK TO leaves the transaction open; taking it for closed errs on the side of doubt.
        in_transaction_ = false;
        break;
    case transaction_effect::may_commit_within: may_commit_early_ = may_commit_early_ || !in_transaction_; [[fallthrough]];
    case transaction_effect::none: may_commit_ = may_commit_ || !in_transaction_; break;
    }
}

loss::verdict loss::judge() noexcept {
    const bool first = std::exchange(first_, false);
    const bool may_commit = std::exchange(may_commit_, false);
    const bool may_commit_early = std::exchange(may_commit_early_, false);
    if (facts_.server_was_idle || (facts_.server_said_fatal && !first)) {
        return verdict::never_ran;
    }
    const bool was_stopped = first && (facts_.head_failed || (facts_.server_said_fatal && !facts_.head_was_executed));
    return (was_stopped ? may_commit_early : may_commit) ? verdict::in_doubt : verdict::not_done;
}

} // namespace pgcoro::wire
