// SPDX-License-Identifier: BSL-1.0
// Looks at what the server says while it authenticates, before libpq reads it.
#include "connect/handshake.hpp"

#include <poll.h>
#include <sys/socket.h>

namespace pgcoro::wire {
namespace {

bool has_said_all(int socket) noexcept {
#ifdef POLLRDHUP
    pollfd state{socket, POLLRDHUP, 0};
    return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
#else
    return true;
#endif
}

} // namespace

/// The socket counts as readable from so many bytes on, where the system can do that; or when there will be no more.
void handshake::wake_at(std::size_t bytes) noexcept {
    const int value = static_cast<int>(bytes);
    ::setsockopt(socket(), SOL_SOCKET, SO_RCVLOWAT, &value, sizeof value);
    wakes_late_ = bytes > 1;
}

/// Whether libpq may read, has to wait, or must not.
handshake::look handshake::look_at_challenge(std::string_view bytes) {
    if (bytes.empty()) {
        return look::go_on;
    }
    unfinished_ += bytes;
    auto verdict = challenge_.examine(unfinished_);
    using action = challenge_watch::verdict::action;
    if (verdict.what == action::wait && PQsslInUse(connection_.get()) != 0) {
        return look::go_on; // one TLS record is all we see, and all libpq reads: we go along
    }
    unfinished_.clear();
    if (verdict.what == action::refuse) {
        failure_ = std::move(verdict.why);
        return look::refuse;
    }
    if (verdict.what == action::wait && !has_said_all(socket())) {
        wake_at(verdict.bytes);
        return look::wait;
    }
    if (wakes_late_) {
        wake_at(1);
    }
    return look::go_on;
}

} // namespace pgcoro::wire
