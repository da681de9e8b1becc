// SPDX-License-Identifier: BSL-1.0
// Holds back what is written to a TCP socket.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace pgcoro::wire {

/// While a socket is corked, its peer does not hear of a short message and so cannot answer it. Without effect where the system
/// has no such thing, and on sockets that are not TCP.
inline void set_corked(int socket, bool corked) noexcept {
#ifdef TCP_CORK
    const int value = corked ? 1 : 0;
    ::setsockopt(socket, IPPROTO_TCP, TCP_CORK, &value, sizeof value);
#else
    static_cast<void>(socket);
    static_cast<void>(corked);
#endif
}

} // namespace pgcoro::wire
