// SPDX-License-Identifier: BSL-1.0
// What the session gives to Asio to be called back when the socket is ready.
#pragma once

#include "wire/session.hpp"
#include "wire/wait_memory.hpp"

#include <boost/system/error_code.hpp>

#include <utility>

namespace pgcoro::wire {

/// As a `loop_handler`, but during such a wait the session owns itself: no reference is counted. Asio keeps it in `memory`.
template <void (session::*Then)()>
class socket_handler {
public:
    using allocator_type = wait_allocator<void>;

    socket_handler(session& s, wait_memory& memory, unsigned registration) noexcept
        : session_(&s), memory_(&memory), registration_(registration) {}
    socket_handler(socket_handler&& other) noexcept
        : session_(std::exchange(other.session_, nullptr)), memory_(other.memory_), registration_(other.registration_) {}
    socket_handler& operator=(socket_handler&&) = delete;
    [[gnu::always_inline]] ~socket_handler() {
        if (session_) [[unlikely]] {
            session_->wait_was_dropped();
        }
    }

    allocator_type get_allocator() const noexcept { return allocator_type(*memory_); }

    void operator()(boost::system::error_code) { std::exchange(session_, nullptr)->template on_socket<Then>(registration_); }

private:
    session* session_;
    wait_memory* memory_;
    unsigned registration_;
};

} // namespace pgcoro::wire
