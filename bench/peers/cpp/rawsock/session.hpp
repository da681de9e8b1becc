// SPDX-License-Identifier: BSL-1.0
// A session over a socket of its own.
#pragma once

#include "protocol.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench::peers {

/// A message of the server; its bytes stay until the next call of `receive`.
struct message {
    char type;
    const char* body;
};

class session {
public:
    /// Connects and waits until the server is ready. Passwords and TLS are unsupported.
    explicit session(const std::string& dsn, std::size_t buffer_size = 128 * 1024);
    ~session();
    session(session&& other) = delete;
    session& operator=(session&& other) = delete;

    int socket() const noexcept { return socket_; }

    /// Sends all of it; blocks if there is no room.
    void send(std::string_view bytes) const;

    /// Reads what has arrived, or waits for something.
    void receive();

    /// The next message that has arrived in full. Throws if it is an error.
    std::optional<message> next();

    /// Passes messages to `take` until the server is ready for a query.
    template <class Take>
    void until_ready(Take take) {
        until('Z', take);
    }
    void until_ready() {
        until('Z', [](const message&) {});
    }
    template <class Take>
    void until(char type, Take take) {
        for (;;) {
            while (const auto m = next()) {
                if (m->type == type) {
                    return;
                }
                take(*m);
            }
            receive();
        }
    }

private:
    int socket_ = -1;
    std::vector<char> buffer_; // grows if a message needs it
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace bench::peers
