// SPDX-License-Identifier: BSL-1.0
// The messages inside of a replication stream that are not of the output plugin: "Streaming Replication Protocol".
#pragma once

#include "replication/message_reader.hpp"

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/replication_events.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pgcoro::replication {

/// XLogData: a piece of what the output plugin writes.
struct data_message {
    lsn start; // zero for some messages
    lsn server_end;
    std::span<const std::byte> content;
};
/// Primary keepalive.
struct keepalive_message {
    lsn end;
    bool wants_reply = false;
};
using stream_message = std::variant<data_message, keepalive_message>;

/// Nothing if it is neither.
inline std::optional<stream_message> read_stream_message(std::span<const std::byte> bytes) noexcept {
    constexpr std::size_t data_header = 1 + 8 + 8 + 8;
    constexpr std::size_t keepalive_size = 1 + 8 + 8 + 1;
    const auto position = [bytes](std::size_t at) { return lsn(detail::load_big_endian<std::uint64_t>(bytes.data() + at)); };
    if (bytes.size() >= data_header && bytes[0] == std::byte{'w'}) {
        return data_message{position(1), position(9), bytes.subspan(data_header)};
    }
    if (bytes.size() == keepalive_size && bytes[0] == std::byte{'k'}) {
        return keepalive_message{position(1), bytes[17] != std::byte{0}};
    }
    return std::nullopt;
}

/// Standby status update. `now` is this machine's time, which the server shows to people.
inline std::array<std::byte, 34> status_update(lsn received, lsn flushed, time_point now, bool wants_reply) noexcept {
    std::array<std::byte, 34> bytes{};
    bytes[0] = std::byte{'r'};
    detail::store_big_endian(&bytes[1], received.value);
    detail::store_big_endian(&bytes[9], flushed.value);
    detail::store_big_endian(&bytes[17], flushed.value);
    detail::store_big_endian(&bytes[25], static_cast<std::uint64_t>((now - postgresql_epoch).count()));
    bytes[33] = std::byte{wants_reply};
    return bytes;
}

} // namespace pgcoro::replication
