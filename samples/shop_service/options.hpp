// SPDX-License-Identifier: BSL-1.0
// The command line.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace shop {

inline constexpr std::size_t lanes_in_each_thread = 2;
/// Of a thread: its multiplexer's lanes, and a pool of two.
inline constexpr std::size_t least_connections = lanes_in_each_thread + 2;

struct options {
    /// Empty: what libpq's environment and files say.
    std::string dsn;
    std::string address = "127.0.0.1";
    /// 0: any that is free. The service prints it.
    std::uint16_t port = 8080;
    std::size_t threads = 0; ///< 0: one for each core, if there are connections enough
    /// To the database, of all pools and multiplexers together. The listener and the plans of slow statements have one more
    /// each.
    std::size_t connections = 16;
    std::chrono::milliseconds slow = std::chrono::milliseconds(100);
    /// How long requests in flight may take after SIGTERM.
    std::chrono::seconds drain = std::chrono::seconds(30);
    bool creates_schema = false;
};

extern const std::string_view usage;

/// The options, or what is wrong.
std::variant<options, std::string> parse(const std::vector<std::string>& arguments);

} // namespace shop
