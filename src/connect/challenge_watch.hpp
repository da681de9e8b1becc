// SPDX-License-Identifier: BSL-1.0
// Reads along while a server authenticates, and stops one that would have libpq calculate forever.
#pragma once

#include <pgcoro/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgcoro::wire {

/// In SCRAM the server says how often the client has to hash the password. libpq does so at once, whatever the number is, and
/// nothing can interrupt it: 2^31 take more than half an hour.
///
/// libpq must not read a part of a message that was not seen whole: the rest may come at the moment it reads. Nor may anything
/// follow a message that has to be answered first: it could be the beginning of the next one. So there is no way to a challenge
/// around this. It cannot be sent before the client's nonce is known, which it has to repeat.
class challenge_watch {
public:
    /// 0: any number of iterations.
    explicit challenge_watch(std::uint32_t most_iterations) noexcept : most_(most_iterations) {}

    struct verdict {
        enum class action { go_on, wait, refuse } what = action::go_on;
        /// To wait for, all in all.
        std::size_t bytes = 0;
        error why{};
    };

    /// What the server has said since the beginning of a message.
    verdict examine(std::string_view bytes);

private:
    verdict examine_request(std::string_view body) const;
    verdict garbage() const;

    std::uint32_t most_;
    bool is_first_ = true; // nothing has been answered yet: libpq itself refuses what is no message
};

} // namespace pgcoro::wire
