// SPDX-License-Identifier: BSL-1.0
// The owner of libpq's PGconn, and how to let go of one that is of no further use.
#pragma once

#include <libpq-fe.h>
#include <sys/socket.h>

#include <memory>

namespace pgcoro::wire {

struct finish_pgconn {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};

using pgconn_ptr = std::unique_ptr<PGconn, finish_pgconn>;

/// Ends a connection that is broken, half made or in the middle of something.
///
/// PQfinish alone would try to say goodbye (Terminate, TLS close_notify) to a peer that may be dead, or that must not hear from
/// us.
inline void abandon(pgconn_ptr connection) noexcept {
    if (const int socket = PQsocket(connection.get()); socket >= 0) {
        ::shutdown(socket, SHUT_RDWR);
    }
}

} // namespace pgcoro::wire
