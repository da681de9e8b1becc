// SPDX-License-Identifier: BSL-1.0
// What NOTIFY sends to the sessions that listen.
#pragma once

#include <string>

namespace pgcoro {

/// One notification (manual, "NOTIFY").
struct notification {
    std::string channel;
    /// At most 7 999 bytes; empty if the sender gave none.
    std::string payload;
    /// The process id of the sender's backend, as in pg_stat_activity.
    int sender_pid = 0;
};

} // namespace pgcoro
