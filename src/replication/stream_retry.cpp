// SPDX-License-Identifier: BSL-1.0
#include "replication/stream_retry.hpp"

#include "connect/endpoint_plan.hpp"

namespace pgcoro::replication {

bool may_pass(const error& why) noexcept {
    using enum sqlstate;
    if (wire::is_permanent(why) || why == errc::no_such_publication || why == errc::changes_lost ||
        why == errc::malformed_value || why == errc::connection_closed) {
        return false;
    }
    const auto state = why.sqlstate();
    if (state == successful_completion) {
        return true; // the network's, or the client's
    }
    const auto group = sqlstate_class(state);
    return group == connection_exception || group == operator_intervention || group == insufficient_resources ||
           state == object_in_use;
}

} // namespace pgcoro::replication
