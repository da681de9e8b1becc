// SPDX-License-Identifier: BSL-1.0
// What a client has said, message by message.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace pgcoro::test {

/// Takes a client's bytes as they come and counts the messages of each type. For one without TLS.
class message_counter {
public:
    void take(std::string_view bytes) {
        unread_ += bytes;
        while (unread_.size() >= type_size() + 4) {
            std::size_t size = type_size();
            std::size_t length = 0;
            for (int i = 0; i < 4; ++i) {
                length = length << 8 | static_cast<unsigned char>(unread_[size + static_cast<std::size_t>(i)]);
            }
            size += length;
            if (unread_.size() < size) {
                return;
            }
            counts_[static_cast<unsigned char>(unread_[0])] += type_size();
            started_ = true;
            unread_.erase(0, size);
        }
    }

    /// `type` is the protocol's letter: 'P' for Parse, 'B' for Bind, 'S' for Sync.
    std::size_t count(char type) const noexcept { return counts_[static_cast<unsigned char>(type)]; }

private:
    /// The first message has no type.
    std::size_t type_size() const noexcept { return started_ ? 1 : 0; }

    std::string unread_;
    std::array<std::size_t, 256> counts_{};
    bool started_ = false;
};

} // namespace pgcoro::test
