// SPDX-License-Identifier: BSL-1.0
// Whether notifications arrive at all: a pooler in transaction mode accepts LISTEN, and nothing ever comes.
#pragma once

#include <pgcoro/notification.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace pgcoro::listening {

/// A new session listens to a channel of its own and notifies itself. The server delivers that with the response. If the sender
/// is the backend that was reported at login, no pooler is in between, or one that does not hide the server.
///
/// Otherwise that does not count: a pooler passes on what comes while a statement runs, and only then. So another session
/// sends a notification, which has to reach this one while it is idle.
class self_test {
public:
    /// `name` is unique among all sessions, and needs no quoting inside of quotes.
    explicit self_test(std::string name) : channel_("pgcoro_" + std::move(name)) {}

    /// For a session whose backend said at login that it has this process id.
    void begin(int backend_pid) noexcept {
        backend_pid_ = backend_pid;
        has_passed_ = false;
    }

    const std::string& channel() const noexcept { return channel_; }
    std::string listen_command() const { return "listen \"" + channel_ + '"'; }
    std::string unlisten_command() const { return "unlisten \"" + channel_ + '"'; }
    std::string notify_command(bool from_elsewhere) const {
        return "notify \"" + channel_ + "\", '" + std::string(from_elsewhere ? elsewhere : here) + '\'';
    }

    /// False if it is not about the test.
    bool take(const notification& n) noexcept {
        if (n.channel != channel_) {
            return false;
        }
        if (n.payload == elsewhere || (n.payload == here && n.sender_pid == backend_pid_)) {
            has_passed_ = true;
        }
        return true;
    }
    bool has_passed() const noexcept { return has_passed_; }

private:
    static constexpr std::string_view here = "from here";
    static constexpr std::string_view elsewhere = "from elsewhere";

    std::string channel_;
    int backend_pid_ = 0;
    bool has_passed_ = false;
};

} // namespace pgcoro::listening
