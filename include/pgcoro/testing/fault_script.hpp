// SPDX-License-Identifier: BSL-1.0
// The faults that a `fault_proxy` injects into a connection. The names are Toxiproxy's where it has one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pgcoro::testing {

/// How a connection ends, or stalls.
enum class line_fault {
    /// Both sides see an orderly end (FIN), after everything that was forwarded before.
    cut,
    /// Both sides see a reset (RST): "connection reset by peer". On a Unix socket, which has no reset, they see an end.
    reset,
    /// Both sides see nothing, forever: what they send, including an end, is discarded. Like a pulled cable or a firewall that
    /// forgets the connection. Toxiproxy's `timeout` of 0.
    half_open,
    /// Nothing moves and nothing is lost: data waits until `fault_proxy::thaw()`.
    freeze,
};

/// What happens to the bytes in one direction of a connection. Default: nothing.
struct toxics {
    toxics() {}

    /// Every byte arrives this much later. The throughput is unchanged: later bytes are already under way meanwhile.
    std::chrono::milliseconds latency{0};

    /// Bytes per second; 0: unlimited. (Toxiproxy counts in KB, too coarse for a session of a few hundred bytes.)
    std::uint64_t bandwidth = 0;

    /// The maximum size of the pieces that bytes are sent in; 0: as received. The kernel may join pieces that the receiver has
    /// not read yet; `slicer_delay` between them keeps them apart.
    std::size_t slicer = 0;
    std::chrono::milliseconds slicer_delay{0};

    /// The opposite of `slicer`: bytes are held back until none has arrived for this long, and are sent together.
    std::chrono::milliseconds gather{0};

    /// After exactly this many bytes in this direction, `at_limit` happens to both directions of the connection. 0: before the
    /// first byte, and before the server sees the connection. (Toxiproxy can only close there.)
    std::optional<std::uint64_t> limit_data;
    line_fault at_limit = line_fault::cut;

    /// The byte at this offset, from 0, is XORed with `corrupt_mask`.
    std::optional<std::uint64_t> corrupt_at;
    std::uint8_t corrupt_mask = 0xff;
};

/// What happens to a new connection.
enum class greeting {
    /// It is forwarded to the server.
    forward,
    /// The kernel accepts it, and it is reset. To have it refused outright, use `fault_proxy::disable()`.
    refuse,
    /// It is accepted, and nothing else happens: the proxy neither reads nor answers, and the server does not see it.
    silence,
};

/// The script of one connection.
struct fault_script {
    fault_script() {}

    greeting at_start = greeting::forward;
    toxics upstream;   ///< from the client to the server
    toxics downstream; ///< from the server to the client
};

} // namespace pgcoro::testing
