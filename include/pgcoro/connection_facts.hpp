// SPDX-License-Identifier: BSL-1.0
// Which server a connection is to, as observers see it.
#pragma once

#include <cstdint>
#include <string>

namespace pgcoro {

struct connection_facts {
    /// As configured: a name, an address, or the directory of a Unix socket.
    std::string host;
    std::uint16_t port = 0;
    std::string database;
    std::string user;
    /// As in pg_stat_activity.
    int backend_pid = 0;
    /// As in `connection::server_version`.
    int server_version = 0;
};

} // namespace pgcoro
