// SPDX-License-Identifier: BSL-1.0
// The channels of a listener: which are wanted, which the server has confirmed, and what is to be sent to get there.
#pragma once

#include <pgcoro/listener_events.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::listening {

/// LISTEN or UNLISTEN.
struct command {
    std::string channel;
    bool listens = true;
};

/// Decides; sends nothing itself. Commands are sent in groups, one at a time; a group is one transaction.
class channel_list {
public:
    void listen(std::string_view channel) { channels_.try_emplace(std::string(channel)).first->second.wanted = true; }
    void unlisten(std::string_view channel);

    /// There is something to be received.
    bool any_wanted() const noexcept;
    bool is_wanted(std::string_view channel) const noexcept;
    /// The server has confirmed LISTEN, and nothing since.
    bool is_heard(std::string_view channel) const noexcept;
    /// It was never wanted, or the server has confirmed UNLISTEN.
    bool is_gone(std::string_view channel) const noexcept { return !channels_.contains(channel); }

    /// What to send now; nothing while the last group is in flight.
    std::vector<command> next_commands();
    bool has_group() const noexcept { return in_flight_; }
    /// LISTEN is in flight, so that a notification of the channel shows that the group has committed.
    bool is_asked_for(std::string_view channel) const noexcept;
    /// The group has committed, as far as a notification can tell: the gaps that it leads to. Only the first time.
    std::vector<gap> begin_to_hear();
    /// The server has confirmed the group.
    void confirmed();
    /// The session is gone, and with it all that it listened to.
    void lost(const error& why);

private:
    enum class state : unsigned char { absent, listening, heard, unlistening };
    struct entry {
        state at = state::absent;
        bool wanted = true;
    };

    void forget_unwanted();

    std::map<std::string, entry, std::less<>> channels_;
    error lost_by_; // if what was heard is to be heard again
    bool in_flight_ = false;
    bool told_ = false; // the gaps of the group in flight
};

} // namespace pgcoro::listening
