// SPDX-License-Identifier: BSL-1.0
#include "free_port.hpp"

#include "file_descriptor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <fstream>
#include <random>

namespace pgcoro::testing {
namespace {

// That the machine has no such address is no reason against the port.
bool can_bind(int family, const sockaddr* address, socklen_t size) noexcept {
    const file_descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1; // as the server does: old connections in TIME_WAIT are no obstacle
    if (!socket) {
        return true;
    }
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return ::bind(socket.get(), address, size) == 0 || (errno != EADDRINUSE && errno != EACCES);
}

} // namespace

bool port_is_free(std::uint16_t port) noexcept {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = IN6ADDR_LOOPBACK_INIT;
    return can_bind(AF_INET, reinterpret_cast<const sockaddr*>(&v4), sizeof v4) &&
           can_bind(AF_INET6, reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
}

std::uint16_t free_port() {
    int low = 32768, high = 60999;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> low >> high;
    std::random_device random;
    std::uniform_int_distribution<int> any(10000, 65535);
    for (int attempt = 0; attempt < 2000; ++attempt) {
        const int port = any(random);
        // A machine may give the kernel nearly all ports: then one of those has to do.
        const bool ephemeral = port >= low && port <= high;
        if ((!ephemeral || attempt >= 1000) && port_is_free(static_cast<std::uint16_t>(port))) {
            return static_cast<std::uint16_t>(port);
        }
    }
    return 0;
}

} // namespace pgcoro::testing
