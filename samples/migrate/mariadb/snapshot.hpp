// SPDX-License-Identifier: BSL-1.0
// Connections that see the same state of a database.
#pragma once

#include "mariadb/session.hpp"

#include <pgcoro/result.hpp>

#include <string>
#include <vector>

namespace migrate::mariadb {

struct snapshot {
    std::vector<session> sessions;
    /// Why there is only one session although more were wanted; otherwise empty.
    std::string why_one;
};

/// Neither server can hand a snapshot from one connection to another. So all writes are locked for the moment in which the
/// connections begin their transactions: FLUSH TABLES WITH READ LOCK, which takes the privilege RELOAD. Without it, or if the
/// lock is not had within some seconds because a statement runs for long, there is one connection, which needs no lock.
///
/// `coordinator` has no transaction; it holds the lock. It must not be used by others meanwhile.
pgcoro::result<snapshot> take_snapshot(session& coordinator, const settings& s, unsigned most);

} // namespace migrate::mariadb
