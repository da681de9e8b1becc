// SPDX-License-Identifier: BSL-1.0
#include "statement/naming.hpp"

#include <charconv>

namespace pgcoro::wire {

std::optional<announced_pooler> read_announcement(std::string_view pool_mode, std::string_view max_prepared) noexcept {
    if (pool_mode.empty()) {
        return std::nullopt;
    }
    int tracked = 0;
    std::from_chars(max_prepared.data(), max_prepared.data() + max_prepared.size(), tracked);
    return announced_pooler{.lends_sessions = pool_mode == "session", .tracks_names = tracked > 0};
}

naming::naming(prepare_policy policy, std::optional<announced_pooler> pooler, bool behind_pooler) noexcept
    : insists_(policy == prepare_policy::always) {
    const bool lends_sessions = pooler && pooler->lends_sessions;
    shared_ = (pooler && !lends_sessions) || behind_pooler;
    if (policy == prepare_policy::unnamed) {
        at_ = state::unnamed;
    } else if (policy == prepare_policy::always || lends_sessions) {
        at_ = state::named;
    } else if (pooler) {
        at_ = pooler->tracks_names ? state::named : state::unnamed;
    } else if (behind_pooler) {
        at_ = state::unnamed;
    }
}

void naming::answered(bool session_is_ours) noexcept {
    shared_ = !session_is_ours;
    at_ = !session_is_ours ? state::unnamed : is_suspended_ ? state::suspended : state::named;
}

void naming::suspend() noexcept {
    is_suspended_ = true;
    at_ = at_ == state::named ? state::suspended : at_;
}

void naming::resume() noexcept {
    is_suspended_ = false;
    at_ = at_ == state::suspended ? state::named : at_;
}

void naming::surprised() noexcept {
    constexpr unsigned most_surprises = 3;
    if (!insists_ && ++surprises_ > most_surprises) {
        at_ = state::unnamed;
    }
}

} // namespace pgcoro::wire
