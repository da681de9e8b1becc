// SPDX-License-Identifier: BSL-1.0
#include "observers/slow_statements.hpp"

#include <utility>

namespace pgcoro::observers {

bool slow_statements::offer(const slow_statement_view& slow, std::chrono::steady_clock::time_point now) {
    if (recent_.contains(slow.fingerprint, now)) {
        return false;
    }
    const bool has_room = waiting_.size() < max_queued_ && slow.sql.size() <= max_sql_;
    if (!has_room || !recent_.add(slow.fingerprint, now)) {
        ++skipped_;
        return false;
    }
    slow_statement& made = waiting_.emplace_back();
    made.plan.name = slow.name;
    made.plan.sql = slow.sql;
    made.plan.fingerprint = slow.fingerprint;
    made.plan.duration = slow.duration;
    made.plan.time = std::chrono::system_clock::now();
    made.types.assign(slow.types.begin(), slow.types.end());
    return true;
}

std::optional<slow_statement> slow_statements::take() {
    if (waiting_.empty()) {
        return std::nullopt;
    }
    std::optional<slow_statement> first(std::move(waiting_.front()));
    waiting_.pop_front();
    return first;
}

} // namespace pgcoro::observers
