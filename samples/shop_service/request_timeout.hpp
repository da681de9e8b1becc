// SPDX-License-Identifier: BSL-1.0
// How long a request may take: the header Request-Timeout, in seconds.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace shop {

inline constexpr std::chrono::milliseconds default_timeout = std::chrono::seconds(10);
inline constexpr std::chrono::milliseconds longest_timeout = std::chrono::seconds(60);

/// The time that a client gives us: `text` is a positive number such as "2" or "0.25", and empty if there is no header. More
/// than `longest_timeout` is cut to that. Nothing if it is no such number.
std::optional<std::chrono::milliseconds> read_timeout(std::string_view text) noexcept;

} // namespace shop
