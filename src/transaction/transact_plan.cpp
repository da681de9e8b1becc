// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/transact_plan.hpp>

#include "base/random_source.hpp"
#include "transaction/transaction_access.hpp"

#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

#include <utility>

namespace pgcoro::detail {

transact_plan::transact_plan(transact_options options) : transact_plan(std::move(options), clock::now(), random_source()) {}

transact_plan::transact_plan(transact_options options, clock::time_point now, std::function<double()> random)
    : options_(std::move(options)), random_(std::move(random)) {
    if (options_.within) {
        deadline_ = after(now, *options_.within);
    }
    options_.backoff.attempts = options_.max_attempts - 1;
}

void transact_plan::limit(transaction& tx) const noexcept {
    auto& scope = transaction_access::scope(tx);
    scope.expires = deadline_;
    scope.attempt = attempts_ + 1;
}

std::optional<std::chrono::milliseconds> transact_plan::delay_after(const error& why, clock::time_point now) {
    ++attempts_;
    // It was rolled back, for a reason that may be gone the next time.
    const bool may_succeed =
        why == sqlstate::serialization_failure || why == sqlstate::deadlock_detected || why.is(error::not_done);
    if (!may_succeed || why.outcome_unknown()) {
        return std::nullopt;
    }
    const auto delay = pgcoro::backoff(options_.backoff).delay_before(attempts_, random_());
    if (!delay || after(now, *delay) >= deadline_) {
        return std::nullopt;
    }
    if (options_.on_retry) {
        options_.on_retry(why, attempts_, *delay);
    }
    return delay;
}

} // namespace pgcoro::detail
