// SPDX-License-Identifier: BSL-1.0
// What a `fault_proxy` does to a connection. The words are Toxiproxy's where it has one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pgcoro::testing {

/// How a connection ends, or does not.
enum class line_fault {
    /// Both sides see an orderly end (FIN), after everything that was passed on before.
    cut,
    /// Both sides see a reset (RST): "connection reset by peer". On a Unix socket, which knows none, the end.
    reset,
    /// Both sides see nothing, for ever: what they say, their end included, is thrown away. As when a cable is pulled or a
    /// firewall forgets the connection. Toxiproxy's `timeout` of 0.
    half_open,
    /// Nothing moves, and nothing is lost: what is said waits until `fault_proxy::thaw()`.
    freeze,
};

/// What happens to the bytes that go in one direction of a connection. Default: nothing.
struct toxics {
    toxics() {}

    /// Every byte arrives so much later. The throughput stays: what follows is under way meanwhile.
    std::chrono::milliseconds latency{0};

    /// Bytes a second; 0: any number. (Toxiproxy counts in KB, too coarse for a session of a few hundred bytes.)
    std::uint64_t bandwidth = 0;

    /// Bytes go out in pieces of at most so many; 0: as they came. The kernel may join pieces again that the receiver has not
    /// read yet; `slicer_delay` between them keeps them apart.
    std::size_t slicer = 0;
    std::chrono::milliseconds slicer_delay{0};

    /// The opposite of `slicer`: bytes are held back until nothing has come for so long, and go out as one.
    std::chrono::milliseconds gather{0};

    /// After exactly so many bytes in this direction `at_limit` happens to the connection, both directions of it. 0: before
    /// the first one, and before the server hears of the connection. (Toxiproxy can only close there.)
    std::optional<std::uint64_t> limit_data;
    line_fault at_limit = line_fault::cut;

    /// The byte at this offset, from 0, is combined with `corrupt_mask` by exclusive or.
    std::optional<std::uint64_t> corrupt_at;
    std::uint8_t corrupt_mask = 0xff;
};

/// What happens to a connection when it comes.
enum class greeting {
    /// It is passed on to the server.
    forward,
    /// It is accepted, which is the kernel's doing, and reset. `fault_proxy::disable()` has it refused in earnest.
    refuse,
    /// It is accepted, and that is all: nobody reads, nobody answers, the server does not hear of it.
    silence,
};

/// One connection's fate.
struct fault_script {
    fault_script() {}

    greeting at_start = greeting::forward;
    toxics upstream;   ///< from the client to the server
    toxics downstream; ///< from the server to the client
};

} // namespace pgcoro::testing
