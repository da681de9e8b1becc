// SPDX-License-Identifier: BSL-1.0
#include "retry_decision.hpp"

#include "failure.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace data_sync {
namespace {

bool may_pass_at_server(pgcoro::sqlstate state) {
    // Connections, rollbacks that ask for a repetition, resources, an operator's intervention, the system.
    constexpr std::array<std::string_view, 5> classes{"08", "40", "53", "57", "58"};
    const auto digits = to_string(state);
    return std::ranges::find(classes, std::string_view(digits).substr(0, 2)) != classes.end() ||
           state == pgcoro::sqlstate::lock_not_available || state == pgcoro::sqlstate::object_in_use ||
           state == pgcoro::sqlstate::read_only_sql_transaction;
}

} // namespace

bool may_pass(const pgcoro::error& why) noexcept {
    if (why.sqlstate() != pgcoro::sqlstate::successful_completion) {
        return may_pass_at_server(why.sqlstate());
    }
    if (is(why, failure::busy) || is(why, failure::interrupted)) {
        return true;
    }
    using enum pgcoro::errc;
    for (const auto passing : {connection_lost, connection_closed, timed_out, connect_failed, no_matching_server,
                               transaction_over, transaction_rolled_back}) {
        if (why == passing) {
            return true;
        }
    }
    const bool is_ours = why.code().category() == make_error_code(failure::busy).category();
    return !is_ours && why.code().category() != pgcoro::client_category(); // the system's: the network
}

next_step retry_decision::on_failure(const pgcoro::error& why, bool is_of_change) {
    if (may_pass(why)) {
        ++failures_;
        return next_step::try_again;
    }
    return is_of_change && choice_.on_failure() ? next_step::be_more_careful : next_step::stop;
}

void retry_decision::on_progress(std::int64_t changes) noexcept {
    failures_ = 0;
    choice_.on_progress(changes);
}

std::chrono::milliseconds retry_decision::delay(double random) const {
    if (failures_ == 0) {
        return std::chrono::milliseconds(0);
    }
    return backoff_.delay_before(std::max(1, failures_), random).value_or(std::chrono::milliseconds(0));
}

} // namespace data_sync
