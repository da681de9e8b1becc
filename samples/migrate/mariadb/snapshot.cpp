// SPDX-License-Identifier: BSL-1.0
#include "mariadb/snapshot.hpp"

namespace migrate::mariadb {
namespace {

// While we wait for the lock, other writers wait behind us.
constexpr const char* limit_wait = "set session lock_wait_timeout = 5";
constexpr const char* lock_writes = "flush tables with read lock";
constexpr const char* unlock_writes = "unlock tables";
constexpr const char* begin = "start transaction with consistent snapshot, read only";

constexpr unsigned privilege_is_missing = 1227;
constexpr unsigned access_is_denied = 1045;
constexpr unsigned lock_wait_timeout = 1205;

/// Empty if writes are locked; otherwise why they are not.
pgcoro::result<std::string> lock(session& coordinator) {
    BOOST_OUTCOME_TRY(coordinator.execute(limit_wait));
    const auto locked = coordinator.execute(lock_writes);
    if (locked) {
        return "";
    }
    switch (coordinator.error_number()) {
    case privilege_is_missing:
    case access_is_denied: return "the user has not the privilege RELOAD, which a lock for several needs";
    case lock_wait_timeout: return "a statement runs for long, so that a lock for several was not to be had";
    default: return locked.error();
    }
}

pgcoro::result<std::vector<session>> open_sessions(const settings& s, unsigned number) {
    std::vector<session> sessions;
    for (unsigned i = 0; i < number; ++i) {
        BOOST_OUTCOME_TRY(auto made, session::connect(s));
        BOOST_OUTCOME_TRY(made.execute(begin));
        sessions.push_back(std::move(made));
    }
    return sessions;
}

} // namespace

pgcoro::result<snapshot> take_snapshot(session& coordinator, const settings& s, unsigned most) {
    snapshot taken;
    if (most > 1) {
        BOOST_OUTCOME_TRY(taken.why_one, lock(coordinator));
    }
    const bool is_locked = most > 1 && taken.why_one.empty();
    auto opened = open_sessions(s, is_locked ? most : 1);
    if (is_locked) {
        BOOST_OUTCOME_TRY(coordinator.execute(unlock_writes));
    }
    BOOST_OUTCOME_TRY(taken.sessions, std::move(opened));
    return taken;
}

} // namespace migrate::mariadb
