// SPDX-License-Identifier: BSL-1.0
// A TCP port for a server of ours.
#pragma once

#include <cstdint>

namespace pgcoro::testing {

/// Whether a server could listen on this port of 127.0.0.1, and of ::1 where there is IPv6.
bool port_is_free(std::uint16_t port) noexcept;

/// A free port, outside the range the kernel takes for outgoing connections: so it stays ours while the server is stopped.
/// 0 if there is none.
std::uint16_t free_port();

} // namespace pgcoro::testing
