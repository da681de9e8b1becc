// SPDX-License-Identifier: BSL-1.0
// Sends notifications of 100 bytes: one statement, which costs this process next to nothing.
#pragma once

#include "../libpq.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace bench {

constexpr std::size_t announced_bytes = 100;

class announcer {
public:
    /// Each subject has a channel of its own: the others are not to hear of it.
    announcer(const std::string& conninfo, std::string channel) : connection_(conninfo), channel_(std::move(channel)) {}

    const std::string& channel() const noexcept { return channel_; }

    /// Returns when they are committed.
    void send(std::size_t notifications) const {
        connection_.exec("select count(pg_notify('" + channel_ + "', lpad(n::text, " + std::to_string(announced_bytes) +
                         ", '.'))) from generate_series(1, " + std::to_string(notifications) + ") n");
    }

    static void expect(std::size_t notifications, std::size_t bytes) {
        if (bytes != notifications * announced_bytes) {
            throw std::runtime_error("the notifications are not as they were sent");
        }
    }

private:
    libpq connection_;
    std::string channel_;
};

} // namespace bench
